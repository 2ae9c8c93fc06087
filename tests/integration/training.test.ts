import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReproduceRunResult } from '../../contracts/reproduction.js';
import type { OverrideRejectionResult, TrainModelResult } from '../../contracts/workflows.js';
import { predict } from '../../inference/predict.js';
import { loadArtefact } from '../../registry/artefacts.js';
import { sampleOf } from '../support/credit-artefact.js';
import { FILE_LINE, MODEL, storeCreditDataset } from '../support/credit-dataset.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

describe.skipIf(!hasTemporal())('trainModel on an imported file', () => {
  let platform: TestPlatform;
  let datasetHash: string;

  beforeAll(async () => {
    platform = await createTestPlatform();
    datasetHash = (await storeCreditDataset(platform.services.blobs, 2)).hash;
    await platform.startWorkers(['pipeline', 'training']);
  });
  afterAll(() => platform.close());

  const train = (workflowId: string, input: object): Promise<TrainModelResult> =>
    platform.client.workflow.execute('trainModel', {
      workflowId: platform.id(workflowId),
      taskQueue: platform.queue,
      args: [{ modelName: MODEL, datasetHash, ...input }],
    }) as Promise<TrainModelResult>;

  it('trains, evaluates, registers and writes a card', async () => {
    const result = await train('first', {});
    await saveHistory(platform.client, platform.id('first'), 'train-model-of-file');
    expect(result).toMatchObject({ modelName: MODEL, line: FILE_LINE, decision: 'registered', version: '1.0.0' });
    expect(result.metrics[0]).toMatchObject({ n: result.holdoutRows, direction: 'higher' });
    expect(result.holdoutRows).toBeGreaterThan(50);
    expect(result.comparisons.map(({ against }) => against)).toEqual(['baseline']);
    const { services } = platform;
    const html = new TextDecoder().decode(await services.blobs.get(result.cardHash!));
    expect(html).toContain('1.0.0');
    expect(await services.registry.listVersions({ modelName: MODEL })).toHaveLength(1);
    const [run] = await services.registry.listRuns({ modelName: MODEL });
    expect(run).toMatchObject({ status: 'registered', version: '1.0.0', workflowId: platform.id('first') });
  });

  it('returns `unchanged` when the same rows give the same bytes, without duplicate records', async () => {
    const result = await train('second', {});
    expect(result).toMatchObject({ decision: 'unchanged', version: '1.0.0', championVersion: '1.0.0' });
    const repetition = 'repetition: same data, definition and seed as the champion 1.0.0; no gate decides';
    expect(result.reasons).toEqual([repetition]);
    const { registry } = platform.services;
    const [run] = await registry.listRuns({ workflowId: platform.id('second') });
    expect(run!.reasons).toEqual([repetition]);
    expect(run!.gates.every(({ passed, finding }) => passed && !finding.includes('--reason'))).toBe(true);
    expect(await registry.listVersions({ modelName: MODEL })).toHaveLength(1);
    expect(await registry.listTransitions(MODEL, FILE_LINE)).toHaveLength(1);
  });

  it('takes every step of a repeated run from the earlier one, and says so', async () => {
    const { registry, steps } = platform.services;
    await train('second-again', {});
    const [again] = await registry.listRuns({ workflowId: platform.id('second-again') });
    const taken = await steps.listSteps(again!.runKey);
    expect(taken.map(({ step, computedBy }) => [step, computedBy.workflowId])).toEqual([
      ['validateDataset', platform.id('first')],
      ['fitModel', platform.id('first')],
      ['evaluateModel', platform.id('second')], // the first was compared with no champion
    ]);
  });

  it('computes every step of a run without reuse', async () => {
    const { registry, steps } = platform.services;
    expect(await train('computed', { cache: false })).toMatchObject({ decision: 'unchanged' });
    const [run] = await registry.listRuns({ workflowId: platform.id('computed') });
    const own = await steps.listSteps(run!.runKey);
    expect(own.map(({ computedBy }) => computedBy.workflowId)).toEqual(Array(3).fill(platform.id('computed')));
  });

  it('computes a run once more and finds the same bytes, registering nothing', async () => {
    const { registry } = platform.services;
    const runs = await registry.listRuns({ modelName: MODEL });
    const result = (await platform.client.workflow.execute('reproduceRun', {
      workflowId: platform.id('reproduced'),
      taskQueue: platform.queue,
      args: [{ id: platform.id('first') }],
    })) as ReproduceRunResult;
    expect(result).toMatchObject({ status: 'reproduced', modelName: MODEL, reasons: [], files: [] });
    await saveHistory(platform.client, platform.id('reproduced'), 'reproduce-run-reproduced');
    expect(result.found).toBe(result.recorded);
    expect(result.inputs.map(({ name, same }) => [name, same])).toEqual(
      ['data set', 'parameters', 'seed', 'code', 'Node.js', 'processor'].map((name) => [name, true]),
    );
    expect(await registry.listRuns({ modelName: MODEL })).toEqual(runs);
  });

  it.each([
    ['dataset', []],
    ['training', ['validateDataset']],
    ['evaluation', ['validateDataset', 'fitModel']],
    ['registration', ['validateDataset', 'fitModel', 'evaluateModel']],
  ] as const)('starts again from the stage %s with the results of the named run', async (from, skipped) => {
    const { registry, steps } = platform.services;
    const rerunOf = platform.id('second');
    const result = await train(`again-from-${from}`, { datasetHash: null, rerunOf, from });
    expect(result).toMatchObject({ decision: 'unchanged', version: '1.0.0', rows: 800 });
    await saveHistory(platform.client, platform.id(`again-from-${from}`), `train-model-from-${from}`);
    const [run] = await registry.listRuns({ workflowId: platform.id(`again-from-${from}`) });
    expect(run).toMatchObject({ rerun: { workflowId: rerunOf, from }, seed: 42, dataset: { hash: datasetHash } });
    const names = (await steps.listSteps(run!.runKey)).map(({ step }) => step);
    expect(names).toEqual(expect.arrayContaining([...skipped]));
  });

  it('refuses results of code that has changed since, unless forced', async () => {
    const { registry, pool } = platform.services;
    const rerunOf = platform.id('again-from-training');
    const [run] = await registry.listRuns({ workflowId: rerunOf });
    await pool.query(`update registry.run_steps set code = $1 where run_key = $2`, ['0'.repeat(64), run!.runKey]);
    const repeat = (name: string, force: boolean) =>
      train(name, { datasetHash: null, rerunOf, from: 'registration', force });
    await expect(repeat('changed-code', false)).rejects.toMatchObject({ cause: { cause: { type: 'CODE_CHANGED' } } });
    expect(await repeat('changed-code-forced', true)).toMatchObject({ decision: 'unchanged', version: '1.0.0' });
  });

  it('rejects a challenger that is not better than the champion beyond noise', async () => {
    const result = await train('third', { params: { nEstimators: 390 } });
    await saveHistory(platform.client, platform.id('third'), 'train-model-rejected');
    expect(result.decision).toBe('rejected');
    expect(result.reasons.join(' ')).toContain('champion');
    expect(result.comparisons.map(({ against }) => against)).toEqual(['baseline', 'champion']);
    expect(await platform.services.registry.listVersions({ modelName: MODEL })).toHaveLength(1);
  });

  it('serves predictions with the version it registered', async () => {
    const { services } = platform;
    const wanted = { services, modelName: MODEL, line: FILE_LINE };
    const [version] = await services.registry.listVersions({ modelName: MODEL });
    const { files } = await loadArtefact(services.blobs, version!.artefactHash);
    const input = sampleOf(files).inputs[0] as object; // complete, so that the model does not abstain
    const answer = await predict({ ...wanted, inputs: [input] });
    expect(answer).toMatchObject({ version: '1.0.0', stage: 'dev', snapshotHash: null });
    expect(answer.outputs).toHaveLength(1);
    expect(answer.explanations).toBeUndefined();
    const { explanations } = await predict({ ...wanted, inputs: [input], explain: true });
    const { reasons, contributions } = explanations![0] as { reasons: unknown[]; contributions: object };
    expect(reasons.length).toBeLessThanOrEqual(4);
    expect(contributions).toHaveProperty('requestedAmount');
    await expect(predict({ ...wanted, inputs: [{ ...input, termMonths: 'twelve' }] })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('termMonths') as string,
    });
  });

  it('registers the rejected run when a person overrides its gates, once', async () => {
    const { registry, blobs } = platform.services;
    const [rejected] = await registry.listRuns({ workflowId: platform.id('third') });
    const override = (workflowId: string) =>
      platform.client.workflow.execute('overrideRejection', {
        workflowId: platform.id(workflowId),
        taskQueue: platform.queue,
        args: [{ modelName: MODEL, rejectedRunKey: rejected!.runKey, requestedBy: 'ada', reason: 'fewer trees' }],
      }) as Promise<OverrideRejectionResult>;
    const result = await override('override');
    await saveHistory(platform.client, platform.id('override'), 'override-rejection-registered');
    expect(result).toMatchObject({ line: FILE_LINE, version: '1.1.0', stage: 'dev', smokeTest: { passed: true } });
    const version = await registry.getVersion(MODEL, FILE_LINE, '1.1.0');
    expect(version.override).toMatchObject({ actor: 'ada', reason: 'fewer trees' });
    expect(version.cardHash).toBe(result.cardHash);
    const card = new TextDecoder().decode(await blobs.get(result.cardHash));
    expect(card).toContain('registered against its gates by ada: fewer trees');
    const [run] = await registry.listRuns({ workflowId: platform.id('third') });
    expect(run).toMatchObject({ status: 'rejected', version: '1.1.0', comparisons: [{}, { against: 'champion' }] });

    expect(await override('override-again')).toMatchObject({ version: '1.1.0', reasons: result.reasons });
    expect(await registry.listVersions({ modelName: MODEL })).toHaveLength(2);
  });

  it.each([
    [{ modelName: 'no-such-model' }, 'UNKNOWN_MODEL'],
    [{ params: { maxDepth: 'deep' } }, 'INVALID_HYPERPARAMETERS'],
    [{ datasetHash: '0'.repeat(64) }, 'DATASET_NOT_FOUND'],
    [{ nonsense: true }, 'INVALID_INPUT'],
    [{ modelName: null }, 'INVALID_INPUT'],
    [{ rerunOf: 'no-such-run', from: 'dataset' }, 'RUN_NOT_FOUND'],
    [{ from: 'evaluation' }, 'INVALID_INPUT'], // the data set that the input names would not be read
  ])('fails without a retry on %j', async (input, code) => {
    const failing = train(`bad-${code}-${Object.keys(input)[0]!}`, input);
    const failure: unknown = await failing.catch((thrown: unknown) => thrown);
    const chain: unknown[] = [];
    for (let each = failure; each instanceof Error; each = each.cause) chain.push(each);
    expect(chain).toContainEqual(expect.objectContaining({ type: code, nonRetryable: true }));
  });
});
