import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import type { ModelRegistry, VersionRecord } from '../contracts/registry.js';
import { loadDataset } from '../datasets/snapshots/dataset-store.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { completeHoldout, splitHoldout } from '../learning/evaluation/split/index.js';
import { findModel, loadCatalogue } from '../models/catalogue.js';
import { model as creditModel } from '../models/credit-risk-scorer/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { openBlobStore, openCheckpointStore } from '../platform/blobs/open.js';
import { readConfig } from '../platform/config/config.js';
import type { JobRunner } from '../platform/child-process/job.js';
import { createInlineRunner } from '../platform/child-process/runner.js';
import { FILE_LINE, MODEL, storeCreditDataset } from '../tests/support/credit-dataset.js';
import { createMemoryLog } from '../tests/support/memory-snapshot-log.js';
import { stepDeps } from '../tests/support/memory-step-log.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { createJobExecutor } from './jobs.js';
import { createTrainingActivities } from './training.js';

interface Recorded {
  readonly artefacts: Map<string, string>;
  readonly runs: Map<string, unknown>;
  readonly holdouts: FrozenHoldout[];
}

/** A registry in memory with the methods that these steps call. */
function memoryRegistry(recorded: Recorded): ModelRegistry {
  const registry: Partial<ModelRegistry> = {
    startRun: async (input) => void recorded.runs.set(`${input.runKey}/${input.modelName}`, input),
    recordDataset: async () => undefined,
    recordArtefact: async (runKey, _model, { role, hash }) => void recorded.artefacts.set(`${runKey}/${role}`, hash),
    findLine: async (modelName, line) =>
      recorded.holdouts[0] === undefined
        ? null
        : { modelName, line, holdout: recorded.holdouts[0], createdAt: new Date(0) },
    ensureLine: async (modelName, line, holdout) => {
      recorded.holdouts.push(holdout);
      return { modelName, line, holdout: recorded.holdouts[0]!, createdAt: new Date(0) };
    },
    findChampion: async () => null,
    listVersions: async () => [],
  };
  return registry as ModelRegistry;
}

/** Parameters as `planTraining` records them. */
const recordedParams = (given: object): Record<string, unknown> =>
  creditModel.params.parse(given) as Record<string, unknown>;

const countBlobs = async (blobs: BlobStore): Promise<number> => {
  const hashes = new Set<string>();
  for await (const { hash } of blobs.list()) hashes.add(hash);
  return hashes.size;
};

describe('createTrainingActivities', () => {
  let folder: string;
  let deps: TrainingActivityDeps;
  let dataset: DatasetRef;
  const recorded: Recorded = { artefacts: new Map(), runs: new Map(), holdouts: [] };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ml-activities-'));
    const uri = pathToFileURL(folder).href;
    const [blobs, checkpoints] = [openBlobStore(uri, folder), openCheckpointStore(uri)];
    const backendPool = (): never => {
      throw new Error('no source here');
    };
    const noEncoder = async () => ({ files: null, reason: 'no encoder here' }) as const;
    dataset = await storeCreditDataset(blobs);
    deps = {
      blobs,
      checkpoints,
      runBook: { recordSteps: () => Promise.resolve() },
      ...stepDeps(),
      snapshotLog: createMemoryLog(),
      registry: memoryRegistry(recorded),
      catalog: { active: async () => 'generated', list: async () => [] },
      models: { find: findModel, list: loadCatalogue },
      runner: createInlineRunner(createJobExecutor({ blobs, checkpoints, backendPool, findEncoder: noEncoder })),
      config: {
        trainingMemoryMb: 512,
        maxRejectedShare: 0.02,
        suspiciousLabels: 'refused',
        heartbeatTimeoutSeconds: 30,
        productionApproval: 'manual',
        schedule: readConfig({}, folder).schedule,
        reportUrl: '/reports/',
        dataPolicyFile: null,
      },
    };
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const inActivity = <T>(work: () => Promise<T>): Promise<T> =>
    new MockActivityEnvironment().run<[], T, () => Promise<T>>(work);
  const planInput = {
    runKey: 'run-1',
    workflowId: 'w',
    modelName: MODEL,
    line: null,
    seed: 42,
    source: null,
    snapshotHash: null,
    datasetHash: null,
    params: {},
  };

  it('listModels names the catalogue', async () => {
    const { listModels } = createTrainingActivities(deps);
    expect((await listModels()).models).toContain(creditModel.name);
  });

  it('planTraining fills in defaults, resolves the line and opens the run under its key', async () => {
    const { planTraining } = createTrainingActivities(deps);
    const plan = await planTraining({ ...planInput, params: { maxDepth: 4 } });
    expect(plan).toMatchObject({
      line: 'synthetic',
      target: 'aucRoc ≥ 0.8',
      params: { maxDepth: 4, nEstimators: 400 },
      source: 'generated',
      reportUrl: '/reports/',
    });
    expect(plan.heartbeatTimeoutMs).toBe(30_000);
    await planTraining({ ...planInput, params: { maxDepth: 4 } });
    expect([...recorded.runs.keys()]).toEqual([`run-1/${MODEL}`]);
    const ofFile = await planTraining({ ...planInput, runKey: 'run-2', datasetHash: dataset.hash });
    expect(ofFile).toMatchObject({ line: FILE_LINE, target: null });
    expect(ofFile.source).toBeUndefined();
  });

  it('planTraining refuses an unknown model and names wrong parameters', async () => {
    const { planTraining } = createTrainingActivities(deps);
    await expect(planTraining({ ...planInput, modelName: 'tea-leaves' })).rejects.toMatchObject({
      code: 'UNKNOWN_MODEL',
    });
    await expect(planTraining({ ...planInput, params: { maxDepth: 0, nTrees: 5 } })).rejects.toMatchObject({
      code: 'INVALID_HYPERPARAMETERS',
      message: expect.stringMatching(/maxDepth.*nTrees|nTrees.*maxDepth/s) as string,
    });
  });

  it('registerModel says that the champion learned from a later snapshot, which keeps the version in dev', async () => {
    const snapshotAsOf = async (asOf: number): Promise<DatasetRef> => {
      const manifest = { kind: 'snapshot', schemaVersion: 1, source: 'backend', asOf, parent: null, codeVersion: 't' };
      const { hash } = await putJsonBlob(deps.blobs, { ...manifest, tables: [] });
      return { ...dataset, line: 'default', origin: { kind: 'snapshot', snapshotHash: hash, source: 'backend' } };
    };
    const result = { decision: 'registered' as const, version: '1.0.1', stage: 'dev' as const, reasons: [] };
    const champion = { version: '1.0.0', dataset: await snapshotAsOf(2000) } as VersionRecord;
    const registry = {
      ...memoryRegistry(recorded),
      findChampion: async () => champion,
      register: async () => result,
    };
    const { registerModel } = createTrainingActivities({ ...deps, registry });
    const { hash } = dataset;
    const hashes = { artefactHash: hash, signatureHash: hash, definitionHash: hash, evaluationHash: hash };
    const facts = {
      runKey: 'run-1',
      modelName: MODEL,
      metrics: [],
      comparisons: [],
      gates: [],
      championVersion: '1.0.0',
    };
    const register = async (asOf: number) =>
      registerModel({ ...facts, ...hashes, line: 'default', dataset: await snapshotAsOf(asOf) });
    expect(await register(1000)).toEqual({ ...result, olderThanChampion: true });
    expect(await register(2000)).toEqual(result);
    expect(await register(3000)).toEqual(result);
  });

  it('planTraining starts from the newest snapshot, and refuses what a skipped stage would read', async () => {
    const { planTraining } = createTrainingActivities(deps);
    const newest = { runKey: 's', hash: dataset.hash, source: 'generated', asOf: 5, rows: {} };
    await (deps.snapshotLog as ReturnType<typeof createMemoryLog>).record(newest);
    const plan = await planTraining({ ...planInput, seed: null, from: 'dataset' });
    expect(plan).toMatchObject({ seed: 42, start: { from: 'dataset', rerunOf: null, snapshotHash: dataset.hash } });
    for (const wrong of [
      { from: 'evaluation' as const, params: { maxDepth: 4 } },
      { from: 'evaluation' as const, update: true },
      { from: 'training' as const, datasetHash: dataset.hash },
    ])
      await expect(planTraining({ ...planInput, ...wrong })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('prepareDataset refuses two origins, none, and a data set of another model', async () => {
    const { prepareDataset } = createTrainingActivities(deps);
    const origin = { runKey: 'run-1', modelName: MODEL, snapshotHash: null, datasetHash: dataset.hash };
    expect(await prepareDataset(origin)).toEqual({ status: 'ready', dataset, shards: 0 });
    for (const bad of [{ datasetHash: null }, { snapshotHash: 'b'.repeat(64) }])
      await expect(prepareDataset({ ...origin, ...bad })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(prepareDataset({ ...origin, modelName: 'other-model' })).rejects.toMatchObject({
      code: 'DATASET_NOT_FOUND',
      details: { found: MODEL, wanted: 'other-model' },
    });
  });

  it('fitShard refuses a model without shards and an index beyond the count', async () => {
    const { fitShard } = createTrainingActivities(deps);
    const step = { runKey: 'run-1', modelName: MODEL, dataset, params: {}, seed: 42 };
    await expect(inActivity(() => fitShard({ ...step, shard: { index: 0, count: 2 } }))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining('in one piece') as string,
    });
    expect(() => fitShard({ ...step, shard: { index: 2, count: 2 } })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });

  it('fitModel run twice stores one artefact, one holdout and one record', async () => {
    const { fitModel } = createTrainingActivities(deps);
    const input = { runKey: 'run-1', modelName: MODEL, dataset, params: recordedParams({ nEstimators: 10 }), seed: 42 };
    const first = await inActivity(() => fitModel(input));
    const blobs = await countBlobs(deps.blobs);
    const second = await inActivity(() => fitModel(input));
    expect(second).toEqual(first);
    expect(await countBlobs(deps.blobs)).toBe(blobs);
    expect(recorded.holdouts).toHaveLength(1);
    expect(recorded.artefacts.get('run-1/model')).toBe(first.artefactHash);
    expect(first.trainedRows).toBeLessThan(dataset.rows);
    const other = await inActivity(() => fitModel({ ...input, params: recordedParams({ nEstimators: 11 }) }));
    expect(other.definitionHash).not.toBe(first.definitionHash);
    expect(other.signatureHash).toBe(first.signatureHash);
  });

  it('evaluateModel scores the stored artefact on the holdout rows and gives the same result twice', async () => {
    const { fitModel, evaluateModel } = createTrainingActivities(deps);
    const step = { runKey: 'run-1', modelName: MODEL, dataset, seed: 42 };
    const { artefactHash, trainedRows } = await inActivity(() => fitModel({ ...step, params: recordedParams({}) }));
    const evaluated = await inActivity(() => evaluateModel({ ...step, artefactHash }));
    expect(evaluated.holdoutRows + trainedRows).toBe(dataset.rows);
    expect(evaluated.metrics[0]).toMatchObject({ name: 'aucRoc', n: evaluated.holdoutRows });
    expect(evaluated.gates.map(({ gate }) => gate)).toEqual([
      'adverseImpactRatio ≥ 0.8',
      'better than baseline',
      'against champion (margin 0.02)',
    ]);
    const blobs = await countBlobs(deps.blobs);
    expect(await inActivity(() => evaluateModel({ ...step, artefactHash }))).toEqual(evaluated);
    expect(await countBlobs(deps.blobs)).toBe(blobs);
  });

  it("evaluateModel fails when the champion's artefact is corrupt, and its gate when it is missing", async () => {
    const { fitModel, evaluateModel } = createTrainingActivities(deps);
    const step = { runKey: 'run-1', modelName: MODEL, dataset, seed: 42 };
    const fit = (given: object) => inActivity(() => fitModel({ ...step, params: recordedParams(given) }));
    const { artefactHash, signatureHash, definitionHash } = await fit({});
    const { artefactHash: smaller } = await fit({ nEstimators: 10, maxDepth: 2 });
    const { evaluationHash } = await inActivity(() => evaluateModel({ ...step, artefactHash }));
    const document = JSON.parse(new TextDecoder().decode(await deps.blobs.get(evaluationHash))) as { dataset: object };
    // The stored evaluation is of other rows, so that the champion's artefact is scored again.
    const ofOtherRows = { ...document, dataset: { ...document.dataset, hash: 'e'.repeat(64) } };
    const { hash } = await putJsonBlob(deps.blobs, ofOtherRows);
    const known = { signatureHash, definitionHash, dataset: { ...dataset, hash: 'e'.repeat(64) } };
    const champion = { version: '1.2.0', ...known, evaluationHash: hash };
    const against = (found: object) => {
      const registry = { ...deps.registry, findChampion: async () => found as VersionRecord };
      const { evaluateModel: evaluate } = createTrainingActivities({ ...deps, registry });
      return inActivity(() => evaluate({ ...step, artefactHash, definitionHash }));
    };
    const repeated = await against({ ...champion, artefactHash });
    expect(repeated).toMatchObject({
      championVersion: '1.2.0',
      comparisons: [{ against: 'baseline' }, { against: 'champion', difference: 0 }],
    });
    const rule = ({ gates }: typeof repeated) => gates.find(({ gate }) => gate.startsWith('against'));
    expect(rule(repeated)).toMatchObject({
      passed: true,
      finding: 'repetition: other data, yet the artefact of the champion 1.2.0; no rule is judged',
    });
    const findingAgainst = async (other: object) =>
      rule(await against({ ...champion, artefactHash: smaller, ...other }))!.finding;
    expect(await findingAgainst({})).toMatch(/^refresh: .* than 1\.2\.0 by more than 0\.02 aucRoc/);
    // The same rows, or another definition, are a change: it has to be better.
    for (const other of [{ dataset }, { definitionHash: 'd'.repeat(64) }])
      expect(await findingAgainst(other)).toMatch(/^change/);
    await expect(against({ ...champion, artefactHash: hash })).rejects.toMatchObject({ code: 'ARTEFACT_INVALID' });
    // A lost blob is a fault of the store: the run goes on, and the gate says what to restore.
    expect(rule(await against({ ...champion, artefactHash: 'f'.repeat(64) }))).toMatchObject({
      passed: false,
      finding: expect.stringContaining('artefact blob ffffffffffff of champion 1.2.0 is missing') as string,
    });
  });

  it('evaluateModel fails before it scores when rows of the holdout, or of its groups, were trained on', async () => {
    const { evaluateModel } = createTrainingActivities(deps);
    const step = { runKey: 'run-leak', modelName: MODEL, dataset, seed: 42 };
    // Plants a leak: the trainer keeps a smaller holdout out than the line's.
    const runner: JobRunner = {
      run: (job, control) =>
        deps.runner.run(
          job.job === 'fitModel'
            ? { ...job, input: { ...(job.input as object), holdout: { ...recorded.holdouts[0], fraction: 0.05 } } }
            : job,
          control,
        ),
    };
    const leaking = createTrainingActivities({ ...deps, runner });
    const { artefactHash, trainingRowsHash } = await inActivity(() =>
      leaking.fitModel({ ...step, params: recordedParams({ nEstimators: 10 }) }),
    );
    await expect(
      inActivity(() => evaluateModel({ ...step, artefactHash, trainingRowsHash: trainingRowsHash! })),
    ).rejects.toMatchObject({
      code: 'HOLDOUT_LEAK',
      message: expect.stringMatching(/^credit-risk-scorer: \d+ of the \d+ rows of the frozen part/) as string,
    });
  });

  it('a line from before there were two parts gets what its rule adds, as a recorded change', async () => {
    const own: Recorded = { artefacts: new Map(), runs: new Map(), holdouts: [] };
    const old: FrozenHoldout = { kind: 'group', column: 'entity_id', fraction: 0.3, salt: 'old draw' };
    own.holdouts[0] = old;
    const changes: [FrozenHoldout, string][] = [];
    const registry = {
      ...memoryRegistry(own),
      refreezeLine: async (modelName: string, line: string, holdout: FrozenHoldout, actor: string) => {
        changes.push([holdout, actor]);
        return { modelName, line, holdout: (own.holdouts[0] = holdout), createdAt: new Date(0) };
      },
    };
    const { split } = creditModel.backend.schema;
    const complete = completeHoldout(old, split, { rowCount: 0, columns: {} });
    const kept: unknown[] = [];
    const runner: JobRunner = {
      run: async (job) => {
        if (job.job === 'freezeLine') return complete;
        kept.push((job.input as { holdout: unknown }).holdout);
        const { hash } = dataset;
        const hashes = { artefactHash: hash, signatureHash: hash, definitionHash: hash };
        return { ...hashes, bytes: 1, trainedRows: 1, checkpointKey: 'k' };
      },
    };
    const { fitModel } = createTrainingActivities({ ...deps, registry, runner });
    const origin = { kind: 'snapshot' as const, snapshotHash: dataset.hash, source: 'backend' };
    const rows = { ...dataset, line: 'default', origin };
    const step = { runKey: 'run-old', modelName: MODEL, dataset: rows, seed: 42, params: recordedParams({}) };
    for (let run = 0; run < 2; run++) await inActivity(() => fitModel(step));
    expect(complete).toEqual({ ...old, window: { column: 'as_of', days: 365, known: 'defaulted' } });
    expect(changes).toEqual([[complete, 'pipeline']]);
    expect(kept).toEqual([complete, complete]);
  });

  describe('evaluateModel after a renewal of the holdout', () => {
    type Step = {
      readonly runKey: string;
      readonly modelName: string;
      readonly dataset: DatasetRef;
      readonly seed: number;
    };
    const renewed = (former: FrozenHoldout): FrozenHoldout => ({ ...former, salt: 'another draw' }) as FrozenHoldout;

    /** Trains a champion, renews the holdout, and trains and evaluates a challenger under the new one. */
    async function challengeAfterRenewal(rows: DatasetRef) {
      const step: Step = { runKey: 'run-9', modelName: MODEL, dataset: rows, seed: 42 };
      const own: Recorded = { artefacts: new Map(), runs: new Map(), holdouts: [] };
      const registry = memoryRegistry(own);
      const { fitModel, evaluateModel } = createTrainingActivities({ ...deps, registry });
      const params = recordedParams({ nEstimators: 10, maxDepth: 2 });
      const fitted = await inActivity(() => fitModel({ ...step, params }));
      const first = await inActivity(() => evaluateModel({ ...step, artefactHash: fitted.artefactHash }));
      const champion = {
        version: '1.0.0',
        ...fitted,
        dataset: rows,
        evaluationHash: first.evaluationHash,
      } as unknown as VersionRecord;
      const former = own.holdouts[0]!;
      own.holdouts[0] = renewed(former);
      const withChampion = { ...registry, findChampion: async () => champion };
      const later = createTrainingActivities({ ...deps, registry: withChampion });
      const challenger = await inActivity(() => later.fitModel({ ...step, params: { ...params, nEstimators: 12 } }));
      const holdoutHashes = [challenger.holdoutHash!];
      const { artefactHash } = challenger;
      const evaluate = (hashes: string[]) =>
        inActivity(() => later.evaluateModel({ ...step, artefactHash, holdoutHashes: hashes }));
      return { evaluated: await evaluate(holdoutHashes), former, fitted, evaluate };
    }

    it('compares with the champion on the rows that neither model was trained on', async () => {
      const rows = await storeCreditDataset(deps.blobs, 4);
      const { evaluated, former } = await challengeAfterRenewal(rows);
      const { table } = await loadDataset(deps.blobs, rows.hash);
      const held = splitHoldout(renewed(former), table).holdout;
      const unseen = splitHoldout(former, held).holdout.rowCount;
      expect(unseen).toBeGreaterThan(50);
      expect(unseen).toBeLessThan(held.rowCount / 2);
      expect(evaluated.holdoutRows).toBe(held.rowCount);
      expect(evaluated.comparisons.map(({ against, n }) => [against, n])).toEqual([
        ['baseline', held.rowCount],
        ['champion', unseen],
      ]);
      const learned = held.rowCount - unseen;
      expect(evaluated.notes).toContain(
        `champion 1.0.0 learned from ${learned} of the ${held.rowCount} rows of the holdout; compared on the other ${unseen}`,
      );
    });

    it('compares on all rows with a note when the unseen ones are too few, and refuses the former holdout', async () => {
      const { evaluated, fitted, evaluate } = await challengeAfterRenewal(dataset);
      expect(evaluated.comparisons.at(-1)).toMatchObject({ against: 'champion', n: evaluated.holdoutRows });
      expect(evaluated.notes.join('\n')).toMatch(
        /too few to compare on, so all were taken, which favours the champion/,
      );
      const refusal = { code: 'CONFLICT', message: expect.stringContaining('renewed while this run') as string };
      await expect(evaluate([fitted.holdoutHash!])).rejects.toMatchObject(refusal);
    });
  });
});
