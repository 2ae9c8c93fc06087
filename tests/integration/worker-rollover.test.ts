import { EventEmitter, once } from 'node:events';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { PromoteModelResult, ProgressReport, TrainModelResult } from '../../contracts/workflows.js';
import { messages } from '../../contracts/workflows.js';
import { pipelineError } from '../../contracts/errors.js';
import { commitSnapshot } from '../../datasets/snapshots/snapshot-store.js';
import { createAlertBook } from '../../monitoring/alerts/alerts.js';
import type { JobRunner } from '../../platform/child-process/job.js';
import type { Config } from '../../platform/config/config.js';
import { endpointOf } from '../../platform/outbox/outbox.js';
import { deploymentVersion, makeCurrent } from '../../workers/deployment.js';
import { answeringRunner, trainingAnswers } from '../support/answering-runner.js';
import { MODEL } from '../support/credit-dataset.js';
import { LINE, registerVersion, stage, storeTraining, trainFixture } from '../support/registered-versions.js';
import { openWebhookReceiver } from '../support/webhook-receiver.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

/** The builds of the workers that carried out the tasks of a run, in order, each once. */
async function buildsOf({ client }: TestPlatform, workflowId: string): Promise<string[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: task }) =>
    task ? [task.deploymentVersion?.buildId ?? task.workerVersion?.buildId ?? 'none'] : [],
  );
  return [...new Set(builds)];
}

const built = (config: Config, buildId: string): Config => ({ ...config, workers: { ...config.workers, buildId } });

/** Jobs that end only with their worker, and a promise for the first of them. */
function stuckRunner(): { readonly runner: JobRunner; readonly begun: Promise<unknown> } {
  const jobs = new EventEmitter();
  const run: JobRunner['run'] = ({ job }, { signal }) =>
    new Promise((_, reject) => {
      jobs.emit('begun');
      signal.addEventListener('abort', () => reject(pipelineError('CANCELLED', { work: job })));
    });
  return { runner: { run }, begun: once(jobs, 'begun') };
}

/* What the jobs compute does not matter here, so each has its answer ready. */
describe.skipIf(!hasTemporal())('a roll-over of workers from one build to the next', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await createTestPlatform();
  });
  afterAll(() => platform.close());

  it('in the middle of a training lets the next build finish it, with one version', async () => {
    const { config, services, client } = platform;
    const { blobs, snapshotLog: log, registry } = services;
    const { holdout, ...stored } = await storeTraining(services, await trainFixture());
    await registry.ensureLine(MODEL, LINE, holdout);
    const runner = answeringRunner(trainingAnswers(stored));
    const facts = { runKey: 'rollover', source: 'backend', asOf: 0, codeVersion: '0', tables: [] };
    const { hash: snapshotHash } = await commitSnapshot({ ...facts, blobs, log });
    const stuck = stuckRunner();
    const stops = [
      await platform.startWorkers(['pipeline'], { config: built(config, 'A'), runner }),
      await platform.startWorkers(['training'], { config: built(config, 'A'), runner: stuck.runner }),
    ];
    const workflowId = platform.id('rollover');
    const options = { workflowId, taskQueue: platform.queue, args: [{ modelName: MODEL, snapshotHash }] };
    const handle = await client.workflow.start('trainModel', options);
    await stuck.begun;
    await Promise.all(stops.map((stop) => stop()));

    await platform.startWorkers(['pipeline', 'training'], { config: built(config, 'B'), runner });
    const registered = { decision: 'registered', version: '1.0.0' };
    expect(await (handle.result() as Promise<TrainModelResult>)).toMatchObject(registered);
    expect(await buildsOf(platform, workflowId)).toEqual(['A', 'B']);
    expect(await registry.listVersions({ modelName: MODEL })).toMatchObject([{ version: '1.0.0' }]);
    expect(await registry.listRuns({ modelName: MODEL })).toMatchObject([{ status: 'registered', workflowId }]);
  });

  it('leaves a pipeline worker that sends webhooks without an API', async () => {
    const { config, services } = platform;
    const receiver = await openWebhookReceiver();
    const webhookUrls = [receiver.url];
    const stop = await platform.startWorkers(['pipeline'], { config: { ...built(config, 'B'), webhookUrls } });
    await createAlertBook(services.pool, webhookUrls.map(endpointOf)).raise({
      ...{ kind: 'version-not-loaded', severity: 'warning', subject: 'm/default/1.0.0', message: 'damaged' },
    });
    await expect.poll(() => receiver.received.length, { timeout: 10_000 }).toBe(1);
    await stop();
    receiver.close();
  });
});

describe.skipIf(!hasTemporal())('workers that are pinned to their build', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    const { temporalAddress } = inject('services');
    platform = await createTestPlatform({ WORKER_VERSIONING: 'pinned', TEMPORAL_ADDRESS: temporalAddress ?? '' });
  });
  afterAll(() => platform.close());

  /** Starts a promotion that waits for its approval. */
  const propose = async (version: string) => {
    const { client, queue } = platform;
    const workflowId = platform.id(`promotion-${version}`);
    const handle = await client.workflow.start('promoteModel', {
      ...{ workflowId, taskQueue: queue, args: [{ modelName: MODEL, line: LINE, version }] },
    });
    const stageOf = async () => (await handle.query<ProgressReport>(messages.progress)).stage;
    await expect.poll(stageOf, { timeout: 20_000 }).toBe('awaiting approval');
    return handle;
  };

  it('alone finish what they began, while new runs begin on the build that was made current', async () => {
    const { config, services, client } = platform;
    const trained = await trainFixture();
    const versions = [await registerVersion(services, trained), await registerVersion(services, trained)] as const;
    await stage(services, versions[0]);
    const stop = await platform.startWorkers(['pipeline'], { config: built(config, 'A') });
    const before = await propose(versions[0]);
    await platform.startWorkers(['pipeline'], { config: built(config, 'B') });
    const next = deploymentVersion(built(config, 'B'));
    await vi.waitFor(() => makeCurrent(client, next), { timeout: 30_000, interval: 200 }); // once the server knows it
    await stage(services, versions[1]);
    await stop();
    const after = await propose(versions[1]); // its request supersedes the first one, which has no worker now
    expect((await before.describe()).status.name).toBe('RUNNING');
    await platform.startWorkers(['pipeline'], { config: built(config, 'A') });
    expect(await (before.result() as Promise<PromoteModelResult>)).toMatchObject({ status: 'superseded' });
    await after.cancel();
    await expect(after.result()).rejects.toThrow();
    expect(await buildsOf(platform, before.workflowId)).toEqual(['A']);
    expect(await buildsOf(platform, after.workflowId)).toEqual(['B']);
  });
});
