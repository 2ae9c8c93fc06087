import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cancelRun } from '../../cli/runs/cancel.js';
import { createOutput } from '../../cli/output/output.js';
import type { CliContext } from '../../cli/program/context.js';
import { computingChildren } from '../support/child-processes.js';
import { MODEL, storeCreditDataset } from '../support/credit-dataset.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

describe.skipIf(!hasTemporal())('cancelling a training', () => {
  let platform: TestPlatform;
  let datasetHash: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ HEARTBEAT_TIMEOUT_SECONDS: '30' });
    datasetHash = (await storeCreditDataset(platform.services.blobs, 20)).hash;
    await platform.startWorkers(['pipeline', 'training']);
  });
  afterAll(() => platform.close());

  /** The boosting round that the last heartbeat of a running step reported; 0 before. */
  async function roundOf(handle: WorkflowHandle): Promise<number> {
    const { raw } = await handle.describe();
    const payload = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0];
    if (!payload) return 0;
    const { stage, done } = defaultPayloadConverter.fromPayload<{ stage: string; done: number }>(payload);
    return stage === 'boosting' ? done : 0;
  }

  /** `ml runs cancel <id>`. @returns what it prints. */
  async function runCancel(workflowId: string): Promise<string> {
    const printed: string[] = [];
    const stream = { isTTY: false, write: (text: string) => printed.push(text) > 0 };
    const out = createOutput({ stdout: stream, stderr: stream }, { json: false, verbose: false, terminal: {} });
    const connection = { temporal: () => Promise.resolve(platform.client), services: platform.services };
    const cli = { out, connect: () => Promise.resolve(connection), exitWith: () => undefined };
    await cancelRun(cli as unknown as CliContext, workflowId);
    return printed.join('');
  }

  it('is asked for while no worker answers, and the command ends', async () => {
    const handle = await platform.client.workflow.start('trainModel', {
      workflowId: platform.id('without-worker'),
      taskQueue: platform.id('without-worker'),
      args: [{ modelName: MODEL, datasetHash }],
    });
    expect(await runCancel(handle.workflowId)).toContain(`the cancellation of ${handle.workflowId} is asked for`);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    const { events } = await handle.fetchHistory();
    expect(events?.some((event) => event.workflowExecutionCancelRequestedEventAttributes)).toBe(true);
    await handle.terminate();
  });

  it('ends the computing process within five seconds and registers nothing', async () => {
    const handle = await platform.client.workflow.start('trainModel', {
      workflowId: platform.id('cancelled'),
      taskQueue: platform.queue,
      args: [{ modelName: MODEL, datasetHash, params: { nEstimators: 5000, maxDepth: 8 } }],
    });
    await expect.poll(() => roundOf(handle), { timeout: 90_000, interval: 200 }).toBeGreaterThan(0);
    expect(await computingChildren()).toHaveLength(1);

    const asked = performance.now();
    await handle.cancel();
    await expect.poll(() => computingChildren(), { timeout: 5000, interval: 100 }).toEqual([]);
    expect(performance.now() - asked).toBeLessThan(5000);

    await expect(handle.result()).rejects.toMatchObject({ name: 'WorkflowFailedError' });
    expect((await handle.describe()).status.name).toBe('CANCELLED');
    const { registry } = platform.services;
    const [run] = await registry.listRuns({ modelName: MODEL });
    expect(run).toMatchObject({ status: 'cancelled', version: null, artefactHash: null });
    expect(await registry.listVersions({ modelName: MODEL })).toEqual([]);
  });
});
