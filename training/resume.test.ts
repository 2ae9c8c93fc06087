import { beforeEach, describe, expect, it } from 'vitest';
import type { FrozenHoldout } from '../contracts/dataset.js';
import type { RunRecord } from '../contracts/registry.js';
import type { ReusableStep, StepRecord } from '../contracts/steps.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { createMemoryBlobStore, createMemoryStepLog } from '../tests/support/memory-step-log.js';
import { findStart, type ResumeDeps, type WantedStart } from './resume.js';

const [code, otherCode, hash] = ['c'.repeat(64), 'd'.repeat(64), 'a'.repeat(64)];
const MODEL = 'credit-risk-scorer';
const holdout: FrozenHoldout = { kind: 'group', column: 'entity_id', fraction: 0.3, salt: 's' };

describe('findStart', () => {
  const blobs = createMemoryBlobStore();
  let runs: RunRecord[];
  let presentCode: string;
  let running: boolean;
  let steps: ReturnType<typeof createMemoryStepLog>;
  let deps: ResumeDeps;
  let dataset: NonNullable<RunRecord['dataset']>;
  let snapshotHash: string;

  const recordStep = (runKey: string, step: ReusableStep, output: object, input: object = {}) =>
    steps.record({
      ...{ runKey, workflowId: `w-${runKey}`, step, part: 0, modelName: MODEL, cacheKey: hash, code },
      ...{ input: { ...input }, output: { ...output }, codeVersion: 'test' },
      environment: { node: '20', architecture: 'x64', platform: 'linux' },
      computedBy: { runKey, workflowId: `w-${runKey}` },
    } satisfies StepRecord);

  const addRun = (runKey: string, facts: Partial<RunRecord> = {}): void =>
    void runs.unshift({
      ...{ runKey, workflowId: `w-${runKey}`, modelName: MODEL, line: 'default', status: 'registered', dataset },
      ...facts,
    } as unknown as RunRecord);

  /** A run that went through all stages. */
  async function addCompleteRun(runKey: string): Promise<void> {
    addRun(runKey);
    await recordStep(runKey, 'prepareDataset', { status: 'ready', dataset }, { snapshotHash });
    const quality = { passed: true, checkedRows: 1, rejectedRows: 0, reportHash: hash, failedChecks: [] };
    await recordStep(runKey, 'validateDataset', quality);
    const file = await blobs.put(new TextEncoder().encode('graph'));
    const artefact = { schemaVersion: 1, modelName: MODEL, definitionVersion: 1, line: 'default', signatureHash: hash };
    const files = [{ name: 'model.onnx', sha256: file.hash, bytes: file.bytes }];
    const { hash: artefactHash } = await putJsonBlob(blobs, { ...artefact, files });
    const fitted = { artefactHash, signatureHash: hash, definitionHash: hash, bytes: 5, trainedRows: 1 };
    await recordStep(runKey, 'fitModel', { ...fitted, checkpointKey: 'k' }, { holdout });
  }

  beforeEach(async () => {
    runs = [];
    [presentCode, running] = [code, false];
    steps = createMemoryStepLog();
    const part = await blobs.put(new TextEncoder().encode('rows'));
    const parts = [{ hash: part.hash, rows: 1, bytes: part.bytes }];
    const tables = [{ table: 'users', rows: 1, parts, eventTime: null, queryHash: hash }];
    const snapshot = { kind: 'snapshot', schemaVersion: 1, source: 'backend', asOf: 1, parent: null, codeVersion: 't' };
    snapshotHash = (await putJsonBlob(blobs, { ...snapshot, tables })).hash;
    const origin = { kind: 'snapshot' as const, snapshotHash, source: 'backend' };
    const ref = { modelName: MODEL, line: 'default', rows: 1, origin, notes: [] };
    const data = { hash: part.hash, bytes: part.bytes };
    const manifest = { kind: 'dataset', schemaVersion: 1, ref, schemaHash: hash, data };
    dataset = { ...ref, hash: (await putJsonBlob(blobs, manifest)).hash };
    deps = {
      blobs,
      steps,
      registry: {
        listRuns: async ({ workflowId, modelName }) =>
          runs.filter((run) => (workflowId ?? run.workflowId) === run.workflowId && run.modelName === modelName),
      },
      codeOf: () => presentCode,
      isRunning: () => Promise.resolve(running),
    };
  });

  const start = (wanted: Partial<WantedStart>) =>
    findStart(deps, { modelName: MODEL, line: 'default', from: 'evaluation', rerunOf: null, force: false, ...wanted });

  it('gives the results of the named run, with the holdout that its training kept out', async () => {
    await addCompleteRun('one');
    const found = await start({ rerunOf: 'w-one' });
    expect(found.run.runKey).toBe('one');
    expect(found.origin).toEqual({ snapshotHash, datasetHash: null });
    expect(found.fitted).toMatchObject({
      trainedRows: 1,
      holdoutHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(found.fitted).not.toHaveProperty('checkpointKey');
  });

  it('takes the newest run of the line that got so far', async () => {
    await addCompleteRun('one');
    await addCompleteRun('two');
    addRun('three', { dataset: null, status: 'failed' });
    addRun('four', { line: 'berka' });
    expect((await start({})).run.runKey).toBe('two');
  });

  it('names an unknown run, and one that runs', async () => {
    await expect(start({ rerunOf: 'w-none' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    addRun('one', { status: 'running' });
    running = true;
    await expect(start({ rerunOf: 'w-one' })).rejects.toMatchObject({ code: 'ALREADY_RUNNING' });
  });

  it('says from which stages a run can be repeated that never reached the wanted one', async () => {
    addRun('one', { dataset: null });
    await expect(start({ rerunOf: 'w-one', from: 'dataset' })).rejects.toMatchObject({
      code: 'STAGE_NOT_REACHED',
      message: 'w-one recorded nothing that the stage dataset could start from; it can be repeated from: data',
    });
    await addCompleteRun('two');
    await expect(start({ rerunOf: 'w-two', from: 'registration' })).rejects.toMatchObject({
      code: 'STAGE_NOT_REACHED',
      details: { reached: 'data, dataset, training, evaluation' },
    });
    await expect(start({ modelName: 'other' })).rejects.toMatchObject({ code: 'STAGE_NOT_REACHED' });
  });

  it('names what is no longer stored: snapshot, data set, artefact', async () => {
    await addCompleteRun('one');
    const lost = async (from: WantedStart['from'], blob: string, what: string): Promise<void> => {
      const bytes = await blobs.get(blob);
      blobs.lose(blob);
      const refused = start({ rerunOf: 'w-one', from });
      await expect(refused).rejects.toMatchObject({ code: 'RESULT_NOT_STORED', details: { what, from } });
      await blobs.put(bytes);
      await expect(start({ rerunOf: 'w-one', from })).resolves.toBeDefined();
    };
    await lost('dataset', snapshotHash, 'snapshot');
    await lost('training', dataset.hash, 'data set');
    const { artefactHash } = (await start({})).fitted!;
    await lost('evaluation', artefactHash, 'artefact');
  });

  it('refuses results of other code unless forced, and only those that it would take', async () => {
    await addCompleteRun('one');
    presentCode = otherCode;
    await expect(start({ rerunOf: 'w-one' })).rejects.toMatchObject({
      code: 'CODE_CHANGED',
      details: { steps: ['prepareDataset', 'validateDataset', 'fitModel'] },
    });
    await expect(start({ rerunOf: 'w-one', force: true })).resolves.toBeDefined();
    await expect(start({ rerunOf: 'w-one', from: 'dataset' })).resolves.toBeDefined();
  });
});
