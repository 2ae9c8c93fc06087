import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toPipelineError } from '../../cli/program/errors.js';
import { cancelRun } from '../../cli/runs/cancel.js';
import { runTraining } from '../../cli/runs/run-training.js';
import type { CliContext } from '../../cli/program/context.js';
import { showRun } from '../../cli/views/runs-view.js';
import { createOutput } from '../../cli/output/output.js';
import { pipelineError } from '../../contracts/errors.js';
import { workflowIds } from '../../contracts/workflows.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import type { JobRunner } from '../../platform/child-process/job.js';
import { MODEL } from '../support/credit-dataset.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

/** A runner whose jobs never end by themselves, so that retrainings stay where they are without computing anything. */
const waiting: JobRunner = {
  run: (request, { signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(pipelineError('CANCELLED', { work: request.job })));
    }),
};

/** A command's context on the test's platform, with what it printed and its exit code. */
function commandOn({ config, endpoints, services, client }: TestPlatform) {
  let text = '';
  const codes: number[] = [];
  const stream = { write: (part: string) => void (text += part) };
  const silent = { write: () => undefined };
  const out = createOutput(
    { stdout: stream, stderr: silent },
    { json: true, verbose: false, terminal: { NO_COLOR: '1' } },
  );
  const connect = () => Promise.resolve({ endpoints, services, temporal: () => Promise.resolve(client) });
  const cli: CliContext = { config, out, connect, exitWith: (code) => void codes.push(code) };
  return { cli, codes, document: () => JSON.parse(text) as Record<string, unknown> };
}

describe.skipIf(!hasTemporal())('retrainings of one source', () => {
  let platform: TestPlatform;
  let snapshotHash: string;
  let marketHash: string;

  beforeAll(async () => {
    platform = await createTestPlatform({ HEARTBEAT_TIMEOUT_SECONDS: '5' });
    const manifest = { kind: 'snapshot', schemaVersion: 1, asOf: 0, parent: null, codeVersion: 'test' };
    const put = (source: string) => putJsonBlob(platform.services.blobs, { ...manifest, source, tables: [] });
    snapshotHash = (await put('shop')).hash;
    marketHash = (await put('market')).hash;
    await platform.startWorkers(['pipeline', 'training'], { runner: waiting });
  });
  afterAll(() => platform.close());

  const lock = () =>
    platform.client.workflow.getHandle(workflowIds.retrainingLockOf(platform.queue, 'shop')).describe();

  const start = (name: string) =>
    platform.client.workflow.start('masterTraining', {
      workflowId: platform.id(name),
      taskQueue: platform.queue,
      args: [{ snapshotHash, models: [MODEL] }],
    });

  /** Waits until the model's training is in its first long step. */
  async function untilWaiting(name: string): Promise<void> {
    const child = platform.client.workflow.getHandle(workflowIds.modelOf(platform.id(name), MODEL));
    const pending = async (): Promise<string | null | undefined> =>
      (await child.describe().catch(() => null))?.raw.pendingActivities?.[0]?.activityType?.name;
    await expect.poll(pending, { timeout: 60_000 }).toBe('prepareDataset');
  }

  it('run one at a time: a second one is refused under any id and names the first', async () => {
    await start('first');
    await untilWaiting('first');
    const second = await start('another-name');
    await expect(second.result()).rejects.toMatchObject({
      cause: { type: 'ALREADY_RUNNING', details: [{ id: platform.id('first') }] },
    });
    expect((await lock()).status.name).toBe('RUNNING');
  });

  it('start once when two commands start one at the same time', async () => {
    const { services, client, endpoints } = platform;
    const connection = { endpoints, services, temporal: () => Promise.resolve(client) };
    const both = await Promise.allSettled(
      [1, 2].map(() =>
        runTraining(
          commandOn(platform).cli,
          connection,
          {
            workflow: 'masterTraining',
            input: { source: 'market', snapshotHash: marketHash, models: [MODEL] },
            id: { base: platform.id('retraining') },
            summary: 'two at once',
          },
          { detach: true },
        ),
      ),
    );
    const refused = both.filter((one) => one.status === 'rejected').map(({ reason }) => toPipelineError(reason).code);
    expect(refused).toEqual(['ALREADY_RUNNING']);
  });

  it('are shown with the reason of their failure, and with the step that they are in', async () => {
    const refused = commandOn(platform);
    await showRun(refused.cli, platform.id('another-name'), false);
    expect(refused.document()).toMatchObject({
      status: 'FAILED',
      failures: [
        {
          code: 'ALREADY_RUNNING',
          message: expect.stringContaining(`${platform.id('first')} retrains the source shop already`) as string,
          remedy: expect.stringContaining('wait for it') as string,
        },
      ],
    });
    const running = commandOn(platform);
    await showRun(running.cli, platform.id('first'), false);
    expect(running.document()).toMatchObject({
      status: 'RUNNING',
      failures: [],
      progress: {
        stage: 'training',
        lines: expect.arrayContaining([expect.objectContaining({ name: MODEL })]) as object[],
      },
    });
  });

  it('hold a lock that says what it is and who holds it, and is not cancelled in place of a run', async () => {
    const lockId = workflowIds.retrainingLockOf(platform.queue, 'shop');
    const shown = commandOn(platform);
    await showRun(shown.cli, lockId, false);
    expect(shown.document()).toEqual({
      workflowId: lockId,
      kind: 'lock',
      source: 'shop',
      heldBy: platform.id('first'),
      held: true,
    });
    const refused = cancelRun(commandOn(platform).cli, lockId);
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(refused).rejects.toThrow(`ml runs cancel ${platform.id('first')}`);
    expect((await lock()).status.name).toBe('RUNNING');
  });

  it('are cancelled with what runs below them, which releases the source, and only once', async () => {
    const { cli, codes, document } = commandOn(platform);
    await cancelRun(cli, platform.id('first'));
    expect(codes).toEqual([]);
    expect(document()).toMatchObject({
      status: 'CANCELLED',
      cancelled: true,
      children: expect.arrayContaining([workflowIds.modelOf(platform.id('first'), MODEL)]) as string[],
      runs: [{ modelName: MODEL, status: 'cancelled', version: null }],
    });
    expect((await lock()).status.name).toBe('COMPLETED');
    const again = commandOn(platform);
    await cancelRun(again.cli, platform.id('first'));
    expect(again.document()).toMatchObject({ status: 'CANCELLED', cancelled: false });
    await expect(cancelRun(again.cli, 'nobody')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  it('record why they were cancelled', async () => {
    const { cli, document } = commandOn(platform);
    await showRun(cli, workflowIds.modelOf(platform.id('first'), MODEL), false);
    expect(document()).toMatchObject({ runs: [{ failure: { stage: 'dataset', code: 'CANCELLED' } }] });
  });

  it('release the source when they are terminated', async () => {
    const terminated = await start('terminated');
    await untilWaiting('terminated');
    await terminated.terminate('by the test');
    await expect.poll(async () => (await lock()).status.name, { timeout: 20_000 }).toBe('TERMINATED');
    const next = await start('next');
    await untilWaiting('next');
    await next.cancel();
    await expect(next.result()).rejects.toThrow();
  });
});
