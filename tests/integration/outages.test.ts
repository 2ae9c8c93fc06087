import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createJobExecutor } from '../../activities/jobs.js';
import { createRunner } from '../../composition/activities.js';
import { PipelineError } from '../../contracts/errors.js';
import type { DataPipelineResult, TrainModelResult } from '../../contracts/workflows.js';
import { generateBackend } from '../../datasets/sources/backend/generator/index.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import type { JobRunner } from '../../platform/child-process/job.js';
import { createInlineRunner } from '../../platform/child-process/runner.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { readProgress } from '../../platform/temporal/read-progress.js';
import { FILE_LINE, MODEL, storeCreditDataset } from '../support/credit-dataset.js';
import { attemptsOf, timeLimitOf } from '../support/histories.js';
import { type OwnServer, startOwnPostgres, startOwnRedis } from '../support/own-server.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

/** Attempts after which a step was given up before outages were limited by time. */
const FORMER_LIMIT = 10;

/** Short pauses, so that more attempts than the former limit take seconds. */
const settings = { OUTAGE_RETRY_SECONDS: '0.4', CRASH_ATTEMPTS: '3', TRAINING_SLOTS: '1' };

/** Calls `then` before the first job of this name begins. */
function before(job: string, runner: JobRunner, then: () => Promise<void>): JobRunner {
  let called = false;
  return {
    async run(request, options) {
      if (request.job === job && !called) {
        called = true;
        await then();
      }
      return runner.run(request, options);
    },
  };
}

async function startTraining(platform: TestPlatform, name: string): Promise<WorkflowHandle> {
  const { client, queue, services } = platform;
  const { hash: datasetHash } = await storeCreditDataset(services.blobs);
  const options = { workflowId: platform.id(name), taskQueue: queue, args: [{ modelName: MODEL, datasetHash }] };
  return client.workflow.start('trainModel', options);
}

/** The attempt of the step that is pending; 0 when none is. */
async function pendingAttempt(handle: WorkflowHandle): Promise<number> {
  const { raw } = await handle.describe();
  return raw.pendingActivities?.[0]?.attempt ?? 0;
}

const lineOf = async (handle: WorkflowHandle, step: string): Promise<string> =>
  (await readProgress(handle))?.lines.find(({ name }) => name === step)?.detail ?? '';

/** The Markdown that the UI shows as the workflow's current details. */
async function detailsOf(handle: WorkflowHandle): Promise<string> {
  const { currentDetails } = await handle.query<{ readonly currentDetails?: string }>('__temporal_workflow_metadata');
  return currentDetails ?? '';
}

describe.skipIf(!hasTemporal())('a run in an outage', () => {
  let postgres: OwnServer;
  beforeAll(async () => {
    postgres = await startOwnPostgres();
  });
  afterAll(() => postgres.remove());

  it('waits for the database beyond the former limit of attempts, shows it, and ends as without the outage', async () => {
    const platform = await createTestPlatform(settings, { databaseUrl: postgres.url });
    const { config, endpoints, client, services } = platform;
    try {
      const runner = before('fitModel', createRunner(config, endpoints), () => postgres.stop());
      await platform.startWorkers(['pipeline', 'training'], { runner });
      const handle = await startTraining(platform, 'database');
      await expect.poll(() => pendingAttempt(handle), { timeout: 60_000 }).toBeGreaterThan(FORMER_LIMIT + 1);
      await expect
        .poll(() => lineOf(handle, 'training'), { timeout: 10_000 })
        .toMatch(/^waiting for the database at .*, attempt \d+, next try in 0\.4 s: .*ECONNREFUSED/);
      expect(await detailsOf(handle)).toMatch(/Waiting: the database at .* does not answer/);
      await postgres.start();
      const result = (await handle.result()) as TrainModelResult;
      expect(result).toMatchObject({ decision: 'registered', version: '1.0.0' });
      expect((await attemptsOf(client, handle.workflowId)).fitModel).toBeGreaterThan(FORMER_LIMIT);
      expect(await services.registry.listVersions({ modelName: MODEL, line: FILE_LINE })).toHaveLength(1);
    } finally {
      await platform.close();
    }
  });

  it('waits for room on a full disk', async () => {
    const platform = await createTestPlatform(settings);
    const { services, client } = platform;
    try {
      let full = false;
      const blobs = withoutRoom(services.blobs, () => full);
      const stores = { ...services, blobs, backendPool: () => services.backendPool };
      const inline = createInlineRunner(
        createJobExecutor({ ...stores, findEncoder: () => Promise.reject(new Error('no encoder here')) }),
      );
      const runner = before('validateDataset', inline, async () => void (full = true));
      await platform.startWorkers(['pipeline', 'training'], { runner, services: { ...services, blobs } });
      const handle = await startTraining(platform, 'full-disk');
      await expect.poll(() => pendingAttempt(handle), { timeout: 60_000 }).toBeGreaterThan(FORMER_LIMIT + 1);
      await expect
        .poll(() => lineOf(handle, 'validation'), { timeout: 10_000 })
        .toMatch(/STORAGE_FULL: a disk has no room left/);
      full = false;
      expect(await handle.result()).toMatchObject({ decision: 'registered' });
      expect((await attemptsOf(client, handle.workflowId)).validateDataset).toBeGreaterThan(FORMER_LIMIT);
    } finally {
      await platform.close();
    }
  });
});

describe.skipIf(!hasTemporal())('a data pipeline whose Redis is killed', () => {
  let redis: OwnServer | null;
  beforeAll(async () => {
    redis = await startOwnRedis();
  });
  afterAll(() => redis?.remove());

  it('waits for Redis and writes every feature once it is back', async (context) => {
    if (redis === null) return context.skip();
    const server = redis;
    const platform = await createTestPlatform(settings, { redisUrl: server.url });
    const { services, client } = platform;
    try {
      await generateBackend(services, { users: 12, months: 6 });
      const kill = killBeforeFirstWrite(services.onlineStore, () => server.kill());
      await platform.startWorkers(['pipeline', 'training'], { services: { ...services, onlineStore: kill } });
      const options = { workflowId: platform.id('redis'), taskQueue: platform.queue, args: [{}] };
      const handle = await client.workflow.start('dataPipeline', options);
      await expect.poll(() => lineOf(handle, 'online store'), { timeout: 120_000 }).toMatch(/^waiting for Redis at /);
      await server.start();
      const result = (await handle.result()) as DataPipelineResult;
      expect(result).toMatchObject({ status: 'completed', onlineStore: 'redis' });
      expect((await attemptsOf(client, handle.workflowId)).materializeOnline).toBeGreaterThanOrEqual(2);
      const { rows } = await services.backendPool.query<{ id: string }>('select id from backend.users limit 3');
      const ids = rows.map(({ id }) => id);
      const [view] = featureViews;
      const found = await services.onlineStore.get('generated', view!.name, ids);
      expect(found.every((value) => value !== null)).toBe(true);
    } finally {
      await platform.close();
    }
  });
});

/** The store, with `kill` called before its first write. */
function killBeforeFirstWrite(store: OnlineStore, kill: () => void): OnlineStore {
  let killed = false;
  return {
    ...store,
    put(...order) {
      if (!killed) kill();
      killed = true;
      return store.put(...order);
    },
  };
}

/** A store whose writes fail with the file system's error while `full` says so. */
function withoutRoom(blobs: BlobStore, full: () => boolean): BlobStore {
  const refuse = (): void => {
    if (full()) throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  };
  return {
    put: async (bytes) => (refuse(), blobs.put(bytes)),
    putFile: async (path) => (refuse(), blobs.putFile(path)),
    get: (hash) => blobs.get(hash),
    localPath: (hash) => blobs.localPath(hash),
    has: (hash) => blobs.has(hash),
    renew: (hash) => blobs.renew(hash),
    removeOlder: (hash, before) => blobs.removeOlder(hash, before),
    list: () => blobs.list(),
  };
}

describe.skipIf(!hasTemporal())('a step that fails in every attempt', () => {
  /** Fails each `fitModel` with this fault. @returns the workflow's error, the attempts, and the record of the run. */
  async function failing(fault: PipelineError, given: Readonly<Record<string, string>>) {
    const platform = await createTestPlatform({ ...settings, ...given });
    try {
      const real = createRunner(platform.config, platform.endpoints);
      const run: JobRunner['run'] = (request, options) =>
        request.job === 'fitModel' ? Promise.reject(fault) : real.run(request, options);
      await platform.startWorkers(['pipeline', 'training'], { runner: { run } });
      const handle = await startTraining(platform, 'failing');
      const failure: unknown = await handle.result().catch((thrown: unknown) => thrown);
      const { fitModel } = await attemptsOf(platform.client, handle.workflowId);
      const [run0] = await platform.services.registry.listRuns({ workflowId: handle.workflowId });
      const giveUp = await timeLimitOf(platform.client, handle.workflowId, 'finishRun');
      return { failure, attempts: fitModel, run: run0, giveUp };
    } finally {
      await platform.close();
    }
  }

  it('is given up after CRASH_ATTEMPTS crashes', async () => {
    const crash = new PipelineError('CHILD_CRASHED', 'ended with SIGSEGV');
    const { failure, attempts, run, giveUp } = await failing(crash, {});
    expect(attempts).toBe(3);
    expect(giveUp).toBeNull();
    expect(failure).toMatchObject({ cause: { cause: { type: 'CHILD_CRASHED' } } });
    const reason = 'ended with SIGSEGV (given up after 3 attempts that ended so)';
    expect(run).toMatchObject({ status: 'failed', reasons: [expect.stringContaining(reason)] });
  });

  it('is given up after OUTAGE_PATIENCE_HOURS of an outage, in more attempts than a crash has', async () => {
    const outage = new PipelineError('SERVICE_UNAVAILABLE', 'the source database does not answer: timeout');
    const { failure, attempts, run, giveUp } = await failing(outage, { OUTAGE_PATIENCE_HOURS: String(2.2 / 3600) });
    expect(attempts).toBeGreaterThan(3);
    expect(failure).toMatchObject({ cause: { cause: { type: 'SERVICE_UNAVAILABLE' } } });
    expect(run?.reasons[0]).toMatch(/does not answer: timeout \(given up after \d s\)/);
    expect(giveUp).toBe(300); // the record does not wait for the patience again
  });
});
