import { sql } from 'kysely';
import type pg from 'pg';
import type { ReportLog, RetrainingReport } from '../contracts/reports.js';
import { createKysely } from '../platform/postgres/pool.js';
import { belowWorkflow } from './run-queries.js';
import type { RegistryTables } from './tables.js';
import { withDatabaseFaults } from '../platform/postgres/with-database-faults.js';

const reportOf = (row: RegistryTables['retraining_reports']): RetrainingReport => ({
  runKey: row.run_key,
  workflowId: row.workflow_id,
  source: row.source,
  line: row.line,
  status: row.status,
  htmlHash: row.html_hash,
  markdownHash: row.markdown_hash,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});

const columnsOf = (report: RetrainingReport): RegistryTables['retraining_reports'] => ({
  run_key: report.runKey,
  workflow_id: report.workflowId,
  source: report.source,
  line: report.line,
  status: report.status,
  html_hash: report.htmlHash,
  markdown_hash: report.markdownHash,
  started_at: report.startedAt,
  ended_at: report.endedAt,
});

/** The reports in schema `registry` of the pool's database. @throws PipelineError `SERVICE_UNAVAILABLE` (retryable). */
export function createReportLog(pool: pg.Pool): ReportLog {
  const database = createKysely<RegistryTables>(pool).withSchema('registry');
  return withDatabaseFaults<ReportLog>({
    async record(report) {
      const row = columnsOf(report);
      await database
        .insertInto('retraining_reports')
        .values(row)
        .onConflict((conflict) => conflict.column('run_key').doUpdateSet(row))
        .execute();
    },
    async findReport(workflowId) {
      const row = await database
        .selectFrom('retraining_reports')
        .selectAll()
        .where('workflow_id', '=', workflowId)
        .orderBy('started_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : reportOf(row);
    },
    async findFormer({ workflowId, line, before }) {
      const row = await database
        .selectFrom('runs')
        // The models of a retraining run below its id; a training by itself is none.
        .select(sql<string>`left(runs.workflow_id, -length(runs.model_name) - 1)`.as('parent'))
        .where(sql<boolean>`runs.workflow_id like '%/' || runs.model_name`)
        .where('line', '=', line)
        .where('status', 'in', ['registered', 'rejected', 'unchanged'])
        .where('started_at', '<', before)
        .where((is) => is.not(belowWorkflow('runs.workflow_id', workflowId)))
        .orderBy('started_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.parent ?? null;
    },
  });
}
