import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import type { BackfillPlan } from '../contracts/backfill.js';
import type { RunRecord } from '../contracts/registry.js';
import { readConfig } from '../platform/config/config.js';
import { createBackfillActivities } from './backfill.js';
import type { TrainingActivityDeps } from './dependencies.js';

const hash = 'a'.repeat(64);
const models = ['anomaly-detector', 'credit-risk-scorer'];
const pipeline = { source: 'backend', snapshotHash: hash, stage: 'validation', reportHash: hash, reasons: ['bad'] };
const span = { from: '2026-10-01T00:00:00.000Z', to: '2026-10-20T00:00:00.000Z' };

/** @param runs - workflow id of a model's run → its status. @param pipelines - id → its status, of completed ones. */
const plan = (
  runs: Readonly<Record<string, string>>,
  pipelines: Readonly<Record<string, string>> = {},
  given: { readonly from?: string; readonly models?: readonly string[] } = {},
): Promise<BackfillPlan> => {
  const records = Object.entries(runs).map(
    ([workflowId, status]) =>
      ({ workflowId, status, line: 'default', modelName: workflowId.split('/')[1] }) as RunRecord,
  );
  const deps = {
    registry: {
      listRuns: async ({ workflowId }: { workflowId: string }) =>
        records.filter((run) => run.workflowId.startsWith(`${workflowId}/`)),
    },
    catalog: { active: async () => 'backend', list: async () => [] },
    models: { list: async () => models.map((name) => ({ name })), find: async (name: string) => ({ name }) },
    config: { schedule: readConfig({ SCHEDULE_WEEKLY: '0 3 * * 1', SCHEDULE_TIMEZONE: 'UTC' }, '/tmp').schedule },
  } as unknown as TrainingActivityDeps;
  const client = {
    withAbortSignal: (_signal: AbortSignal, work: () => unknown) => work(),
    workflow: {
      getHandle: (id: string) => ({
        describe: async () => {
          if (pipelines[id] !== undefined) return { status: { name: 'COMPLETED' } };
          throw Object.assign(new Error('none'), { name: 'WorkflowNotFoundError' });
        },
        result: async () =>
          pipelines[id] === 'rejected'
            ? { status: 'rejected', ...pipeline }
            : {
                ...{ status: 'completed', source: 'backend', line: 'default', snapshotHash: hash, rows: {} },
                ...{ featureSetHash: null, onlineStore: null, onlineEntities: 0 },
              },
      }),
    },
  };
  const environment = new MockActivityEnvironment({}, { client: client as never });
  const input = { ...span, source: null, models: [], ...given };
  return environment.run(() => createBackfillActivities(deps).planBackfill(input as never));
};

describe('planBackfill', () => {
  it('names the moments of the weekly schedule, oldest first, and what is to do', async () => {
    const { source, line, weeks } = await plan({});
    expect({ source, line }).toEqual({ source: 'backend', line: 'default' });
    expect(weeks.map(({ asOf, workflowId, doneBy }) => [asOf, workflowId, doneBy])).toEqual([
      ['2026-10-05T03:00:00.000Z', 'backfill-backend-2026-10-05T03-00Z', null],
      ['2026-10-12T03:00:00.000Z', 'backfill-backend-2026-10-12T03-00Z', null],
      ['2026-10-19T03:00:00.000Z', 'backfill-backend-2026-10-19T03-00Z', null],
    ]);
  });

  it('leaves a week alone that a backfill or the schedule itself has decided about for every model', async () => {
    const [backfilled, scheduled] = ['backfill-backend-2026-10-05T03-00Z', 'weekly-retraining-2026-10-12T03:00:00Z'];
    const { weeks } = await plan({
      ...{ [`${backfilled}/anomaly-detector`]: 'registered', [`${backfilled}/credit-risk-scorer`]: 'rejected' },
      ...{ [`${scheduled}/anomaly-detector`]: 'unchanged', [`${scheduled}/credit-risk-scorer`]: 'skipped' },
      'backfill-backend-2026-10-19T03-00Z/anomaly-detector': 'registered',
      'backfill-backend-2026-10-19T03-00Z/credit-risk-scorer': 'failed',
    });
    expect(weeks.map(({ doneBy }) => doneBy)).toEqual([backfilled, scheduled, null]);
  });

  it('takes the snapshot of an earlier attempt, and ends a week whose data it rejected', async () => {
    const ids = ['2026-10-05', '2026-10-12'].map((day) => `backfill-backend-${day}T03-00Z/data-pipeline`);
    const { weeks } = await plan({}, { [ids[0]!]: 'completed', [ids[1]!]: 'rejected' });
    expect(weeks.map(({ doneBy, snapshotHash }) => [doneBy, snapshotHash])).toEqual([
      [null, hash],
      [ids[1], null],
      [null, null],
    ]);
  });

  it('refuses a span without a moment of the schedule, and one with too many', async () => {
    const refused = { code: 'INVALID_INPUT', message: expect.stringContaining('SCHEDULE_WEEKLY') as string };
    await expect(plan({}, {}, { from: '2026-10-19T12:00:00.000Z' })).rejects.toMatchObject(refused);
    await expect(plan({}, {}, { from: '2020-01-01T00:00:00.000Z' })).rejects.toMatchObject(refused);
  });
});
