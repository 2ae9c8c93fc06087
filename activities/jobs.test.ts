import { EventEmitter } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendTables } from '../contracts/backend.js';
import type { DatasetRef } from '../contracts/dataset.js';
import { loadDataset } from '../datasets/snapshots/dataset-store.js';
import { storeTrainingFile } from '../datasets/snapshots/store-file.js';
import { readDataFile } from '../datasets/sources/files/read-file.js';
import { tableSpecs } from '../datasets/sources/backend/tables.js';
import { featureViews } from '../feature-store/definitions/index.js';
import { findModel } from '../models/catalogue.js';
import { openBlobStore, openCheckpointStore } from '../platform/blobs/open.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { createInlineRunner } from '../platform/child-process/runner.js';
import { frameRows } from '../platform/postgres/copy-rows.js';
import { projectRoot } from '../platform/project.js';
import { MODEL, storeCreditDataset } from '../tests/support/credit-dataset.js';
import { fittingRelation } from '../tests/support/fitting-relation.js';
import { storeGeneratedSnapshot } from '../tests/support/generated-tables.js';
import { createJobExecutor, type JobName, jobs } from './jobs.js';

const SHARDED = 'spending-predictor';
const SEED = 7;

let folder: string;
let blobs: BlobStore;
let inputs: Readonly<Record<JobName, unknown>>;

/** What the catalogue of a database answers about a fitting view of users, a row for each column. */
const { columns: foundColumns, ...view } = fittingRelation(tableSpecs.users);
const catalogue = foundColumns.map((column) => ({ ...view, ...column, kind: 'v' }));

/** Answers a COPY with one user, then with the end of the command. */
function copyOneUser(copy: { submit(connection: object): void; handleCommandComplete(): void }): void {
  const stream = new EventEmitter().on('data', () => copy.handleCommandComplete());
  const values = tableSpecs.users.columns.map(({ name, type }) => (type === 'timestamp' ? '2025-01-01' : name));
  const end = Buffer.from([0x43, 0, 0, 0, 4]);
  const query = (): void => void stream.emit('data', Buffer.concat([frameRows([`1,${values.join(',')}`]), end]));
  copy.submit({ stream, query });
}

/** A source database with one user and no messages. */
const source = {
  query: async () => ({ rows: [] }),
  connect: async () => ({
    async query(query: string | Parameters<typeof copyOneUser>[0], values?: readonly unknown[]) {
      if (typeof query !== 'string' && 'submit' in query) copyOneUser(query);
      return { rows: typeof query !== 'string' || values === undefined ? [] : catalogue, fields: [] };
    },
    on: () => undefined,
    removeListener: () => undefined,
    release: () => undefined,
  }),
} as unknown as pg.Pool;

const run = (job: JobName, signal: AbortSignal, onProgress: () => void): Promise<unknown> => {
  const checkpoints = openCheckpointStore(pathToFileURL(folder).href);
  const findEncoder = async () => ({ files: null, reason: 'no encoder here' }) as const;
  const execute = createJobExecutor({ blobs, checkpoints, backendPool: () => source, findEncoder });
  return createInlineRunner(execute).run({ job, input: inputs[job] }, { signal, onProgress, memoryMb: 512 });
};

const complete = (job: JobName) =>
  run(job, new AbortController().signal, () => undefined) as Promise<Record<string, string>>;

async function spendingDataset(): Promise<DatasetRef> {
  const path = join(projectRoot, 'models', SHARDED, 'fixtures/transactions.csv');
  const file = await readDataFile(path, (await findModel(SHARDED)).fileFormats);
  const hash = await storeTrainingFile(blobs, SHARDED, file);
  return { ...(await loadDataset(blobs, hash)).manifest.ref, hash };
}

const paramsOf = async (modelName: string, given: object) => ({
  modelName,
  runKey: 'run',
  seed: SEED,
  params: (await findModel(modelName)).params.parse(given) as Record<string, unknown>,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-jobs-'));
  blobs = openBlobStore(pathToFileURL(folder).href, folder);
  const snapshotHash = await storeGeneratedSnapshot(blobs, backendTables, { users: 60, months: 6 });
  const [dataset, sharded] = [await storeCreditDataset(blobs), await spendingDataset()];
  const hash = 'a'.repeat(64); // not reached: the job ends before it is read
  const prepared = { snapshotHash, modelName: MODEL };
  const messages = { source: 'generated', count: 5 };
  const wanted = featureViews.map(({ name, version }) => ({ name, version, base: null }));
  inputs = {
    extractTable: { table: 'users', source: 'generated', asOf: Date.now(), chunkRows: 100, runKey: 'run' },
    validateSnapshot: { snapshotHash, maxRejectedShare: 0.02 },
    restateValidation: {
      ...{ snapshotHash },
      quality: { passed: true, checkedRows: 0, rejectedRows: 0, reportHash: hash, failedChecks: [] },
    },
    buildFeatures: { snapshotHash },
    buildFeaturePart: { snapshotHash, bucket: 0 },
    buildStates: { snapshotHash },
    prepareDataset: prepared,
    prepareDatasetPart: { ...prepared, bucket: 0 },
    groupDatasetRows: { modelName: 'anomaly-detector', parts: [], index: 0, count: 1 },
    validateDataset: { dataset, maxRejectedShare: 0.02, suspiciousLabels: 'refused' },
    freezeLine: { dataset },
    buildChangedFeatures: { snapshotHash, bucket: 0, views: wanted, moments: null },
    mergeChangedFeatures: { snapshotHash, views: wanted, moment: null, continues: {}, parts: [] },
    reviewMessages: { ...messages, artefactHash: hash },
    reviewAnnotations: messages,
    replayFeatureReads: { runKey: 'run', source: 'generated', since: 0, until: 1, sample: 5, written: [] },
    profileFeatures: { featureSetHash: hash },
    compareDrift: {
      ...{ modelName: MODEL, line: 'default', version: '1.0.0', artefactHash: hash, evaluationHash: hash },
      ...{
        window: { from: 0, to: 1 },
        mode: 'default',
        mostRows: 5,
      },
    },
    compareNewRows: { dataset, former: dataset, mostRows: 5 },
  } as unknown as typeof inputs;
  const holdout = await complete('freezeLine');
  const fitModel = { ...(await paramsOf(MODEL, { nEstimators: 5 })), dataset, holdout };
  inputs = { ...inputs, fitModel, freezeLine: { dataset: sharded } };
  const { artefactHash } = await complete('fitModel');
  const ofSharded = { dataset: sharded, holdout: await complete('freezeLine'), shard: { index: 0, count: 2 } };
  inputs = {
    ...inputs,
    fitShard: { ...(await paramsOf(SHARDED, { origins: 2, forecastHorizon: 90 })), ...ofSharded },
    evaluateModel: { runKey: 'run', modelName: MODEL, seed: SEED, dataset, holdout, artefactHash, champion: null },
    smokeTest: { modelName: MODEL, artefactHash },
    evaluateFile: {
      ...{ modelName: MODEL, version: '1.0.0', artefactHash, evaluationHash: hash, dataset, path: 'not-read.csv' },
      ...{ reading: {}, schema: null, configuredTimeZone: 'UTC', seed: SEED },
      ...{ maxRejectedShare: 0, suspiciousLabels: 'refused' },
    },
  };
  const facts = { workflowId: 'w', codeVersion: '0', startedAt: new Date(0).toISOString(), definitionHash: hash };
  inputs = {
    ...inputs,
    renderModelCard: {
      ...{ evaluationHash: (await complete('evaluateModel')).evaluationHash, decision: 'rejected', version: null },
      ...{ reasons: [], params: {}, run: { runKey: 'run', seed: SEED, ...facts } },
    },
  };
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('every job', () => {
  // Through the inline runner, which kills nothing: a job that does not listen returns its result.
  it.each(Object.keys(jobs) as JobName[])('%s reports progress, and stops when it is cancelled there', async (job) => {
    const controller = new AbortController();
    let reports = 0;
    const cancelled = run(job, controller.signal, () => {
      reports += 1;
      controller.abort();
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(reports).toBe(1);
  });
});
