import { sql } from 'kysely';
import type pg from 'pg';
import { type ReusableStep, reusableSteps, type StepLog, type StepRecord, stepRecord } from '../contracts/steps.js';
import { createKysely } from '../platform/postgres/pool.js';
import { belowWorkflow } from './run-queries.js';
import type { RegistryTables } from './tables.js';
import { withDatabaseFaults } from '../platform/postgres/with-database-faults.js';

type StepRow = Omit<RegistryTables['run_steps'], 'recorded_at'>;

const recordOf = (row: { readonly [Column in keyof StepRow]: unknown }): StepRecord =>
  stepRecord.parse({
    runKey: row.run_key,
    workflowId: row.workflow_id,
    step: row.step,
    part: row.part,
    modelName: row.model_name,
    cacheKey: row.cache_key,
    code: row.code,
    input: row.input,
    output: row.output,
    environment: row.environment,
    codeVersion: row.code_version,
    computedBy: { runKey: row.computed_by, workflowId: row.computed_in },
  });

const columnsOf = (record: StepRecord) => ({
  run_key: record.runKey,
  workflow_id: record.workflowId,
  step: record.step,
  part: record.part,
  model_name: record.modelName,
  cache_key: record.cacheKey,
  code: record.code,
  input: JSON.stringify(record.input),
  output: JSON.stringify(record.output),
  environment: JSON.stringify(record.environment),
  code_version: record.codeVersion,
  computed_by: record.computedBy.runKey,
  computed_in: record.computedBy.workflowId,
});

const orderOf = ({ step, part }: { readonly step: ReusableStep; readonly part: number }): number =>
  reusableSteps.indexOf(step) * 1000 + part;

const inOrder = (steps: StepRecord[]): StepRecord[] => steps.sort((a, b) => orderOf(a) - orderOf(b));

const columns = [
  'run_key',
  'workflow_id',
  'step',
  'part',
  'model_name',
  'cache_key',
  'code',
  'input',
  'output',
  'environment',
  'code_version',
  'computed_by',
  'computed_in',
] as const;

/** The step log in schema `registry` of the pool's database. @throws PipelineError `SERVICE_UNAVAILABLE` (retryable). */
export function createStepLog(pool: pg.Pool): StepLog {
  const database = createKysely<RegistryTables>(pool).withSchema('registry');
  return withDatabaseFaults<StepLog>({
    async record(step) {
      const row = columnsOf(step);
      await database
        .insertInto('run_steps')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['run_key', 'step', 'part'])
            .doUpdateSet({ ...row, recorded_at: sql<Date>`clock_timestamp()` }),
        )
        .execute();
    },
    async findByKey(cacheKey) {
      const row = await database
        .selectFrom('run_steps')
        .select(columns)
        .where('cache_key', '=', cacheKey)
        .orderBy('recorded_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : recordOf(row);
    },
    async listSteps(runKey) {
      const rows = await database.selectFrom('run_steps').select(columns).where('run_key', '=', runKey).execute();
      return inOrder(rows.map(recordOf));
    },
    async listStepsOf(workflowId, since) {
      const rows = await database
        .selectFrom('run_steps')
        .select(columns)
        .where(belowWorkflow('run_steps.workflow_id', workflowId))
        .where('recorded_at', '>=', since)
        .execute();
      return inOrder(rows.map(recordOf));
    },
    async findByInput(step, input) {
      const row = await database
        .selectFrom('run_steps')
        .select(columns)
        .where('step', '=', step)
        .where(sql<boolean>`input @> ${JSON.stringify(input)}::jsonb`)
        .orderBy('recorded_at', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row === undefined ? null : recordOf(row);
    },
  });
}
