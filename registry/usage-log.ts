import type pg from 'pg';
import type { StepUsage, UsageLog } from '../contracts/resource-usage.js';
import { createKysely } from '../platform/postgres/pool.js';
import type { RegistryTables } from './tables.js';
import { belowWorkflow } from './run-queries.js';
import { withDatabaseFaults } from '../platform/postgres/with-database-faults.js';

const usageOf = (row: RegistryTables['step_usage']): StepUsage => ({
  workflowId: row.workflow_id,
  runId: row.run_id,
  activityId: row.activity_id,
  attempt: row.attempt,
  activity: row.activity,
  computingSeconds: row.computing_seconds,
  workerSeconds: row.worker_seconds,
  peakMemoryMb: row.peak_memory_mb,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});

const columnsOf = (usage: StepUsage): RegistryTables['step_usage'] => ({
  workflow_id: usage.workflowId,
  run_id: usage.runId,
  activity_id: usage.activityId,
  attempt: usage.attempt,
  activity: usage.activity,
  computing_seconds: usage.computingSeconds,
  worker_seconds: usage.workerSeconds,
  peak_memory_mb: usage.peakMemoryMb,
  started_at: usage.startedAt,
  ended_at: usage.endedAt,
});

/** The usage log in schema `registry` of the pool's database. @throws PipelineError `SERVICE_UNAVAILABLE` (retryable). */
export function createUsageLog(pool: pg.Pool): UsageLog {
  const database = createKysely<RegistryTables>(pool).withSchema('registry');
  return withDatabaseFaults<UsageLog>({
    async record(usage) {
      const row = columnsOf(usage);
      await database
        .insertInto('step_usage')
        .values(row)
        .onConflict((conflict) => conflict.columns(['run_id', 'activity_id', 'attempt']).doUpdateSet(row))
        .execute();
    },
    async listUsage(workflowId, since) {
      const rows = await database
        .selectFrom('step_usage')
        .selectAll()
        .where(belowWorkflow('step_usage.workflow_id', workflowId))
        .where('started_at', '>=', since)
        .orderBy('started_at')
        .execute();
      return rows.map(usageOf);
    },
  });
}
