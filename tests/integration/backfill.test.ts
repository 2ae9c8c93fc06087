import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackfillResult } from '../../contracts/backfill.js';
import { workflowIds } from '../../contracts/workflows.js';
import { generateCustomers } from '../../datasets/sources/backend/generator/generate.js';
import { replaceSource } from '../../datasets/sources/backend/load.js';
import { loadSnapshot } from '../../datasets/snapshots/snapshot-store.js';
import { MODEL } from '../support/credit-dataset.js';
import { saveHistory } from '../support/save-history.js';
import { createTestPlatform, hasTemporal, type TestPlatform } from '../support/test-platform.js';

/** With so few customers each week ends `skipped`, which is a decision like any other and takes no time. */
describe.skipIf(!hasTemporal())('backfillRetraining', () => {
  let platform: TestPlatform;
  const source = `shop-${randomUUID().slice(0, 8)}`;
  const weeks = ['2026-10-12T03:00:00.000Z', '2026-10-19T03:00:00.000Z'];

  beforeAll(async () => {
    platform = await createTestPlatform({ SCHEDULE_WEEKLY: '0 3 * * 1', SCHEDULE_TIMEZONE: 'UTC' });
    const { backendPool, catalog } = platform.services;
    const batches = function* () {
      for (const { rows } of generateCustomers({ users: 4, months: 6 })) yield rows;
    };
    await replaceSource(backendPool, source, batches());
    await catalog.add(source, { users: 4 }, { activate: true });
    await platform.startWorkers(['pipeline', 'training']);
  });
  afterAll(() => platform.close());

  const backfill = (name: string): Promise<BackfillResult> =>
    platform.client.workflow.execute('backfillRetraining', {
      workflowId: platform.id(name),
      taskQueue: platform.queue,
      args: [{ from: '2026-10-10T00:00:00Z', to: '2026-10-20T00:00:00Z', models: [MODEL] }],
    }) as Promise<BackfillResult>;

  it('retrains each past week on the snapshot of its own moment, and a second call does nothing', async () => {
    const { registry, snapshotLog, blobs } = platform.services;
    const first = await backfill('first');
    expect(first).toMatchObject({ source, line: source, status: 'completed' });
    expect(first.weeks.map(({ asOf, status }) => [asOf, status])).toEqual(weeks.map((asOf) => [asOf, 'completed']));
    for (const { asOf, snapshotHash, workflowId } of first.weeks) {
      const snapshot = await loadSnapshot(blobs, snapshotHash!);
      expect(snapshot).toMatchObject({ asOf: Date.parse(asOf), retrospective: true });
      expect(snapshot.tables.every(({ eventTime }) => (eventTime?.to ?? 0) < Date.parse(asOf))).toBe(true);
      const pipeline = platform.client.workflow.getHandle(workflowIds.dataPipelineOf(workflowId));
      expect(await pipeline.result()).toMatchObject({ snapshotHash, onlineStore: null });
      expect(await registry.listRuns({ workflowId })).toMatchObject([{ modelName: MODEL, status: 'skipped' }]);
    }
    const [snapshots, runs] = [await snapshotLog.list({ source }), await registry.listRuns({ modelName: MODEL })];
    await saveHistory(platform.client, platform.id('first'), 'backfill-retraining-completed');
    await saveHistory(
      platform.client,
      workflowIds.dataPipelineOf(first.weeks[0]!.workflowId),
      'data-pipeline-of-past-week',
    );
    await saveHistory(platform.client, first.weeks[0]!.workflowId, 'master-training-of-past-week');
    const again = await backfill('again');
    await saveHistory(platform.client, platform.id('again'), 'backfill-retraining-done-before');
    expect(again.weeks.map(({ status }) => status)).toEqual(['done before', 'done before']);
    expect(await snapshotLog.list({ source })).toEqual(snapshots);
    expect(await registry.listRuns({ modelName: MODEL })).toEqual(runs);
  });
});
