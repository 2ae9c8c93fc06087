import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { FeaturePart } from '../contracts/activities.js';
import { backendTables } from '../contracts/backend.js';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import type { Reusable, StepRecord } from '../contracts/steps.js';
import { NO_DECISIONS } from '../datasets/quarantine/decisions.js';
import { putJsonBlob } from '../datasets/snapshots/json-blob.js';
import { loadSnapshot } from '../datasets/snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../datasets/snapshots/manifest.js';
import { readParquet } from '../datasets/snapshots/parquet-file.js';
import { putTable } from '../datasets/snapshots/put-table.js';
import { createMemoryStore } from '../feature-store/online/memory-store.js';
import { withColumn } from '../learning/table.js';
import { findModel, loadCatalogue } from '../models/catalogue.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { openBlobStore, openCheckpointStore } from '../platform/blobs/open.js';
import type { JobRunner } from '../platform/child-process/job.js';
import { createInlineRunner } from '../platform/child-process/runner.js';
import { storeGeneratedSnapshot } from '../tests/support/generated-tables.js';
import { createMemoryLog } from '../tests/support/memory-snapshot-log.js';
import { stepDeps } from '../tests/support/memory-step-log.js';
import type { PipelineActivityDeps, TrainingActivityDeps } from './dependencies.js';
import { createJobExecutor } from './jobs.js';
import { createPipelineActivities } from './pipeline.js';
import { createTrainingActivities } from './training.js';

const DAY_MS = 86_400_000;
const models = (await loadCatalogue()).map(({ name }) => name).sort();
/** Generating, and building the rows of five models, twice. */
const TIMEOUT_MS = 120_000;

let folder: string;
let blobs: BlobStore;
let deps: PipelineActivityDeps & TrainingActivityDeps;
/** Jobs that were computed, with the bucket of those that have one. */
let computed: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-reuse-'));
  const uri = pathToFileURL(folder).href;
  blobs = openBlobStore(uri, folder);
  const none = (): never => {
    throw new Error('not needed here');
  };
  const checkpoints = openCheckpointStore(uri);
  const inline = createInlineRunner(createJobExecutor({ blobs, checkpoints, backendPool: none, findEncoder: none }));
  const runner: JobRunner = {
    run(request, options) {
      const { bucket } = request.input as { readonly bucket?: number };
      computed.push(bucket === undefined ? request.job : `${request.job} ${bucket}`);
      return inline.run(request, options);
    },
  };
  const quarantine = { record: () => Promise.resolve(), decisions: () => Promise.resolve(NO_DECISIONS) };
  const registry = {
    recordDataset: () => Promise.resolve(),
    recordArtefact: () => Promise.resolve(),
    findChampion: () => Promise.resolve(null),
    findLine: () => Promise.resolve({ holdout }),
  };
  const runBook = { recordSteps: () => Promise.resolve() };
  const config = { trainingMemoryMb: 512, maxRejectedShare: 0.02, expectationsFile: null, suspiciousLabels: 'refused' };
  deps = {
    ...{ blobs, checkpoints, runner, quarantine, registry, runBook, config, ...stepDeps() },
    ...{ snapshotLog: createMemoryLog(), onlineStore: createMemoryStore(null) },
    models: { find: findModel, list: loadCatalogue },
  } as unknown as typeof deps;
});
afterAll(() => rm(folder, { recursive: true }));

const holdout: FrozenHoldout = {
  ...{ kind: 'group', column: 'text_group', fraction: 0.4, salt: 'reuse' },
  window: { column: 'as_of', days: 90 },
};

const inActivity = <T>(runKey: string, work: () => Promise<T>): Promise<T> =>
  new MockActivityEnvironment({ workflowExecution: { workflowId: `w-${runKey}`, runId: runKey } }).run<[], T, () => Promise<T>>(work); // prettier-ignore

/** The snapshot with other facts, after it. */
async function nextSnapshot(hash: string, facts: Partial<SnapshotManifest>): Promise<string> {
  return (await putJsonBlob(blobs, { ...(await loadSnapshot(blobs, hash)), parent: hash, ...facts })).hash;
}

/** The snapshot a month later, without any change. */
const aMonthLater = async (hash: string): Promise<string> =>
  nextSnapshot(hash, { asOf: (await loadSnapshot(blobs, hash)).asOf + 30 * DAY_MS, codeVersion: 'later' });

/** The tables with another amount in one transaction of the last part, missing where `amount` is NaN. */
async function withAmount(hash: string, amount: number): Promise<SnapshotManifest['tables']> {
  const { tables } = await loadSnapshot(blobs, hash);
  return Promise.all(
    tables.map(async (stored) => {
      if (stored.table !== 'transactions') return stored;
      const part = stored.parts.at(-1)!;
      const rows = await readParquet([await blobs.localPath(part.hash)]);
      const values = (rows.columns.amount as { values: Float64Array }).values.map((value, i) => (i === 5 ? amount : value)); // prettier-ignore
      const changed = await putTable(blobs, withColumn(rows, 'amount', { kind: 'number', values }));
      return { ...stored, parts: [...stored.parts.slice(0, -1), { ...part, ...changed }] };
    }),
  );
}

type Step<Result> = (runKey: string, cache: boolean) => Promise<Reusable<Result>>;

/** Runs of a name of their own. */
let runs = 0;
const newRun = (): string => `run-${++runs}`;

/** The step of a later run takes the result of an earlier one, and its result is what computing it gives. */
async function expectReused<Result extends object>(first: Step<Result>, second: Step<Result>): Promise<void> {
  const [earlier, run, alone] = [newRun(), newRun(), newRun()];
  await first(earlier, true);
  computed = [];
  const { reusedFrom, ...reused } = await second(run, true);
  expect(reusedFrom).toMatch(/^w-/);
  expect(computed.filter((job) => job !== 'restateValidation')).toEqual([]);
  expect(reused).toEqual(await second(alone, false));
  expect(computed).not.toEqual([]);
  const inputOf = async (runKey: string) => {
    const [{ input }] = (await deps.steps.listSteps(runKey)) as [StepRecord];
    return { ...input, runKey: null, scoredIn: null }; // earlier scores are no part of the result
  };
  expect(await inputOf(run)).toEqual(await inputOf(alone));
}

const validate =
  (snapshotHash: string): Step<object> =>
  (runKey, cache) =>
    inActivity(runKey, () => createPipelineActivities(deps).validateSnapshot({ runKey, snapshotHash, cache }));

const build =
  (snapshotHash: string): Step<object> =>
  (runKey, cache) =>
    inActivity(runKey, () => createPipelineActivities(deps).buildFeatures({ runKey, snapshotHash, cache }));

const writeStates =
  (snapshotHash: string): Step<object> =>
  (runKey, cache) => {
    const input = { runKey, snapshotHash, datasetHash: null, cache };
    return inActivity(runKey, () => createPipelineActivities(deps).materializeStates(input));
  };

const prepare =
  (snapshotHash: string, modelName: string): Step<object> =>
  (runKey, cache) => {
    const input = { runKey, modelName, snapshotHash, datasetHash: null, cache };
    return inActivity(runKey, () => createTrainingActivities(deps).prepareDataset(input));
  };

/** What a run gives to the step with the data set of a snapshot. */
async function datasetOf(snapshotHash: string, modelName: string): Promise<DatasetRef> {
  const prepared = (await prepare(snapshotHash, modelName)(newRun(), true)) as {
    dataset?: DatasetRef;
  };
  return prepared.dataset!;
}

describe('a later snapshot with the same content', () => {
  let first: string;
  let later: string;

  beforeAll(async () => {
    const end = await storeGeneratedSnapshot(blobs, backendTables, { users: 40, months: 18, buckets: 1 });
    // With a row for the quarantine, and after all events.
    const tables = await withAmount(end, Number.NaN);
    first = await nextSnapshot(await aMonthLater(end), { tables });
    later = await aMonthLater(first);
  }, TIMEOUT_MS);

  it('is not validated again, and its report, page and accepted snapshot are its own', async () => {
    await expectReused(validate(first), validate(later));
    expect(await validate(later)(newRun(), true)).toMatchObject({ accepted: { quarantinedRows: 1 } });
  });

  it('has the features of the earlier one', () => expectReused(build(first), build(later)));

  it('has the entity states of the earlier one', () => expectReused(writeStates(first), writeStates(later)));

  it.each(models)(
    'has the training rows of the earlier one for %s, as a data set of its own',
    async (name) => {
      await expectReused(prepare(first, name), prepare(later, name));
      if (name === 'credit-risk-scorer') return; // too few applications: the reason is reused
      const [before, now] = [await datasetOf(first, name), await datasetOf(later, name)];
      expect(now).toEqual({ ...before, hash: now.hash, origin: { ...before.origin, snapshotHash: later } });
      expect(now.hash).not.toBe(before.hash);
    },
    TIMEOUT_MS,
  );

  it(
    'is not checked, learned from and evaluated again',
    async () => {
      const modelName = 'intent-classifier';
      const [before, now] = [await datasetOf(first, modelName), await datasetOf(later, modelName)];
      const { params } = await findModel(modelName);
      const activities = createTrainingActivities(deps);
      const check = (dataset: DatasetRef): Step<object> => (runKey, cache) =>
        inActivity(runKey, () => activities.validateDataset({ runKey, modelName, dataset, cache })); // prettier-ignore
      await expectReused(check(before), check(now));
      const learn = { modelName, seed: 1, params: params.parse({}) as Record<string, unknown> };
      const fit = (dataset: DatasetRef) => (runKey: string, cache: boolean) =>
        inActivity(runKey, () => activities.fitModel({ ...learn, runKey, dataset, cache }));
      const { artefactHash } = await fit(before)(newRun(), true);
      expect(await fit(now)(newRun(), true)).toMatchObject({
        artefactHash,
        reusedFrom: expect.stringMatching(/^w-/) as string,
      });
      const evaluate = (dataset: DatasetRef): Step<object> => (runKey, cache) =>
        inActivity(runKey, () => activities.evaluateModel({ runKey, modelName, seed: 1, artefactHash, dataset, cache })); // prettier-ignore
      await expectReused(evaluate(before), evaluate(now));
    },
    TIMEOUT_MS,
  );
});

describe('a snapshot whose moment or rows matter', () => {
  let first: string;
  let end: number;

  beforeAll(async () => {
    first = await storeGeneratedSnapshot(blobs, backendTables, { users: 16, months: 18, buckets: 1 });
    end = (await loadSnapshot(blobs, first)).asOf;
  }, TIMEOUT_MS);

  const reusedBy = async (step: Step<object>): Promise<boolean> => 'reusedFrom' in (await step(newRun(), true));

  it.each([
    ['within a day of the newest event', 3_600_000],
    ['before the newest event', -40 * DAY_MS],
  ])('has features, states and labels of its own %s', async (_when, distance) => {
    const other = await nextSnapshot(first, { asOf: end + distance });
    for (const step of [build, writeStates]) {
      await step(first)(newRun(), true);
      expect(await reusedBy(step(other))).toBe(false);
    }
    for (const name of ['anomaly-detector', 'credit-risk-scorer']) {
      await prepare(first, name)(newRun(), true);
      expect(await reusedBy(prepare(other, name)), name).toBe(distance > 0);
    }
  });

  it('has results of its own when a row changed', async () => {
    const changed = await nextSnapshot(first, { tables: await withAmount(first, 1) });
    for (const step of [validate, build, writeStates, (hash: string) => prepare(hash, 'spending-predictor')]) {
      await step(first)(newRun(), true);
      expect(await reusedBy(step(changed))).toBe(false);
    }
    // No amount is read for messages.
    await prepare(first, 'intent-classifier')(newRun(), true);
    expect(await reusedBy(prepare(changed, 'intent-classifier'))).toBe(true);
  });
});

describe('a snapshot of several buckets with one changed row', () => {
  let first: string;
  let changed: string;
  /** The bucket of the changed row. */
  let bucket: number;

  beforeAll(async () => {
    const end = await storeGeneratedSnapshot(blobs, backendTables, { users: 16, months: 18, buckets: 4 });
    first = await aMonthLater(end);
    changed = await nextSnapshot(await aMonthLater(first), { tables: await withAmount(first, 1) });
    const { tables } = await loadSnapshot(blobs, changed);
    bucket = tables.find(({ table }) => table === 'transactions')!.parts.at(-1)!.bucket!;
  }, TIMEOUT_MS);

  /** As the workflows do: asks, makes the parts that are missing, and has them put together. */
  const features = (snapshotHash: string, cache = true): Promise<object> => {
    const activities = createPipelineActivities(deps);
    const input = { runKey: newRun(), snapshotHash, cache };
    return inActivity(input.runKey, async () => {
      const first = await activities.buildFeatures({ ...input, byBucket: true });
      if (!('status' in first)) return first;
      const made = [...(first.known ?? [])];
      for (const one of first.buckets) made.push(await activities.buildFeaturePart({ snapshotHash, bucket: one }));
      return activities.buildFeatures({ ...input, made });
    });
  };

  const rows = (modelName: string, snapshotHash: string, cache = true): Promise<object> => {
    const activities = createTrainingActivities(deps);
    const input = { runKey: newRun(), modelName, snapshotHash, datasetHash: null, cache };
    return inActivity(input.runKey, async () => {
      const first = await activities.prepareDataset({ ...input, byBucket: true });
      if (first.status !== 'bucketed') return first;
      const parts = [...(first.known ?? [])];
      for (const one of first.buckets)
        parts.push(await activities.prepareDatasetPart({ modelName, snapshotHash, bucket: one }));
      const grouped: string[] = [];
      for (let index = 0; index < first.groupings; index++)
        grouped.push((await activities.groupDatasetRows({ modelName, parts, index, count: first.groupings })).hash);
      return activities.prepareDataset({ ...input, made: { parts, grouped } });
    });
  };

  it('has the features of that bucket alone computed', async () => {
    await features(first);
    await features(await aMonthLater(first)); // a run in between that takes everything over
    computed = [];
    const built = await features(changed);
    expect(computed).toEqual([`buildFeaturePart ${bucket}`, 'buildFeatures']);
    expect(built).toEqual(await features(changed, false));
  });

  it.each(['spending-predictor', 'anomaly-detector'])(
    'has the rows of that bucket alone made for %s',
    async (name) => {
      await rows(name, first);
      computed = [];
      const made = await rows(name, changed);
      expect(computed.filter((job) => job !== 'groupDatasetRows')).toEqual([`prepareDatasetPart ${bucket}`, 'prepareDataset']); // prettier-ignore
      expect(made).toEqual(await rows(name, changed, false));
    },
    TIMEOUT_MS,
  );

  it('has a part made again whose blob is lost', async () => {
    await features(first);
    const [{ input }] = (await deps.steps.listSteps(`run-${runs}`)) as [StepRecord];
    const [part] = input.made as [FeaturePart];
    const other = await nextSnapshot(first, { tables: await withAmount(first, 2) });
    const renew = blobs.renew.bind(blobs);
    const store = vi.spyOn(blobs, 'renew');
    store.mockImplementation((hash) => (hash === part.views[0]!.hash ? Promise.resolve(false) : renew(hash)));
    const { buildFeatures } = createPipelineActivities(deps);
    const asked = await buildFeatures({ runKey: newRun(), snapshotHash: other, byBucket: true });
    store.mockRestore();
    const buckets = [...new Set([part.bucket, bucket])].sort();
    expect(asked).toMatchObject({ buckets });
  });
});
