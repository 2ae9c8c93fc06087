import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MaterializedStates } from '../contracts/activities.js';
import type { BackendTable } from '../contracts/backend.js';
import { storeTrainingFile } from '../datasets/snapshots/store-file.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { findMaterialisations } from '../feature-store/online/materialisations.js';
import { createMemoryStore } from '../feature-store/online/memory-store.js';
import type { OnlineStore } from '../feature-store/online/online-store.js';
import { findModel, loadCatalogue } from '../models/catalogue.js';
import { model as anomalyDetector } from '../models/anomaly-detector/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { openBlobStore, openCheckpointStore } from '../platform/blobs/open.js';
import { createInlineRunner } from '../platform/child-process/runner.js';
import { projectRoot } from '../platform/project.js';
import { generatedTables, storeGeneratedSnapshot } from '../tests/support/generated-tables.js';
import { stepDeps } from '../tests/support/memory-step-log.js';
import type { PipelineActivityDeps } from './dependencies.js';
import { createJobExecutor } from './jobs.js';
import { createPipelineActivities } from './pipeline.js';

const DAY_MS = 86_400_000;
const FIXTURE = join(projectRoot, 'models/anomaly-detector/fixtures/transactions.csv');
const USERS = 8;

let folder: string;
let blobs: BlobStore;
let onlineStore: OnlineStore;
let deps: PipelineActivityDeps;

/** A snapshot of generated customers that holds these tables only. */
const snapshotOf = (names: readonly BackendTable[], asOf?: number): Promise<string> =>
  storeGeneratedSnapshot(blobs, names, { users: USERS, months: 6, ...(asOf !== undefined && { asOf }) });

const materialize = (snapshotHash: string | null, datasetHash: string | null = null): Promise<MaterializedStates> =>
  new MockActivityEnvironment().run(
    createPipelineActivities(deps).materializeStates as (...parameters: unknown[]) => Promise<MaterializedStates>,
    { runKey: 'run', snapshotHash, datasetHash },
  );

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-states-'));
  const uri = pathToFileURL(folder).href;
  blobs = openBlobStore(uri, folder);
  onlineStore = createMemoryStore(null);
  const none = (): never => {
    throw new Error('not needed here');
  };
  const stores = { blobs, checkpoints: openCheckpointStore(uri), backendPool: none, findEncoder: none };
  deps = {
    ...{ blobs, onlineStore, models: { find: findModel, list: loadCatalogue }, ...stepDeps() },
    runner: createInlineRunner(createJobExecutor(stores)),
    config: { trainingMemoryMb: 512 },
  } as unknown as PipelineActivityDeps;
});
afterAll(() => rm(folder, { recursive: true }));

describe('materializeStates', () => {
  it('writes the states of every model that the snapshot has rows for, twice the same', async () => {
    const hash = await snapshotOf(['users', 'transactions', 'loans']);
    const written = await materialize(hash);
    expect(written.skipped).toEqual([]);
    expect(written.sets.map(({ modelName, view }) => [modelName, view])).toEqual([
      ['anomaly-detector', 'customer-transactions'],
      ['anomaly-detector', 'counterparty-transactions'],
      ['spending-predictor', 'spending-history'],
    ]);
    expect(written.sets[0]!.entities).toBe(USERS);
    expect(await materialize(hash)).toEqual(written);
    const names = written.sets.map(({ view }) => view);
    const log = await findMaterialisations(onlineStore, 'generated', names);
    expect(log.map((found) => found?.entities)).toEqual(written.sets.map(({ entities }) => entities));
    const [state] = await onlineStore.getStates('generated', 'customer-transactions', ['u000001']);
    expect(state?.eventTime).toBe(written.sets[0]!.asOf);
  });

  it('builds as of the newest row of a source that ended before the snapshot', async () => {
    const { asOf: end } = generatedTables({ users: 1, months: 6 }); // the end of the last day, for any number of users
    const { sets } = await materialize(await snapshotOf(['users', 'transactions', 'loans'], end + 300 * DAY_MS));
    expect(sets).toHaveLength(3);
    for (const { asOf, view } of sets) {
      expect(asOf, view).toBeLessThanOrEqual(end);
      expect(asOf, view).toBeGreaterThan(end - 7 * DAY_MS);
    }
  });

  it('leaves out models whose tables the source lacks, with a remark', async () => {
    const { sets, skipped } = await materialize(await snapshotOf(['users']));
    expect(sets).toEqual([]);
    expect(skipped[0]).toEqual({
      modelName: 'anomaly-detector',
      reason: 'source generated has no rows in transactions',
    });
  });

  it('writes the states of an imported file under its line, as of its newest row', async () => {
    const file = await readDataFile(FIXTURE, anomalyDetector.fileFormats);
    const hash = await storeTrainingFile(blobs, 'anomaly-detector', file);
    const { sets } = await materialize(null, hash);
    expect(sets.map(({ view }) => view)).toEqual(['customer-transactions', 'counterparty-transactions']);
    const customers = file.table.columns.customerId!.values as readonly string[];
    const times = file.table.columns.bookedAt!.values as Float64Array;
    const [state] = await onlineStore.getStates('transactions', 'customer-transactions', [customers[0]!]);
    expect(state?.eventTime).toBe(times.reduce((newest, time) => Math.max(newest, time)) + 1);
  });

  it('refuses to guess between a snapshot and a data set', async () => {
    await expect(materialize(null)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
