import { type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { jsonArrayFrom, jsonObjectFrom } from 'kysely/helpers/postgres';
import type { Comparison, GateResult, Interval, Metric } from '../contracts/evaluation.js';
import { pipelineError } from '../contracts/errors.js';
import type { ReusableStep } from '../contracts/steps.js';
import type { RegistryDatabase, RegistryTables, RegistryTransaction } from './tables.js';

/** The key of one model's run. */
export interface RunKey {
  readonly runKey: string;
  readonly modelName: string;
}

/** Results of an evaluation as the registry stores them. */
export interface EvaluationFacts {
  readonly metrics: readonly Metric[];
  readonly comparisons: readonly Comparison[];
  readonly gates: readonly GateResult[];
}

export const keyColumns = ({ runKey, modelName }: RunKey) => ({ run_key: runKey, model_name: modelName });

/** @throws PipelineError `RUN_NOT_FOUND`. */
export async function requireRun(database: RegistryDatabase, { runKey, modelName }: RunKey): Promise<void> {
  const found = await database
    .selectFrom('runs')
    .select('run_key')
    .where('run_key', '=', runKey)
    .where('model_name', '=', modelName)
    .executeTakeFirst();
  if (found === undefined) throw pipelineError('RUN_NOT_FOUND', { id: runKey, modelName });
}

const intervalColumns = ({ low, high, level, method }: Interval) => ({
  interval_low: low,
  interval_high: high,
  interval_level: level,
  interval_method: method,
});

const noInterval = { interval_low: null, interval_high: null, interval_level: null, interval_method: null };

/** Stores one row for each parameter; a repeated start changes none. */
export async function insertParams(
  transaction: RegistryTransaction,
  key: RunKey,
  params: Readonly<Record<string, unknown>>,
): Promise<void> {
  const known = Object.entries(params).filter(([, value]) => value !== undefined);
  if (known.length === 0) return;
  const rows = known.map(([name, value]) => ({ ...keyColumns(key), name, value: JSON.stringify(value) }));
  await transaction
    .insertInto('run_params')
    .values(rows)
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

async function insertMetrics(transaction: RegistryTransaction, key: RunKey, metrics: readonly Metric[]) {
  if (metrics.length === 0) return;
  const rows = metrics.map(({ name, value, direction, n, interval, remark }, position) => ({
    ...keyColumns(key),
    ...(interval === undefined ? noInterval : intervalColumns(interval)),
    position,
    name,
    value,
    direction,
    n,
    remark: remark ?? null,
  }));
  await transaction.insertInto('run_metrics').values(rows).execute();
}

async function insertComparisons(transaction: RegistryTransaction, key: RunKey, comparisons: readonly Comparison[]) {
  if (comparisons.length === 0) return;
  const rows = comparisons.map(({ interval, ...comparison }) => ({
    ...keyColumns(key),
    ...comparison,
    ...intervalColumns(interval),
  }));
  await transaction.insertInto('run_comparisons').values(rows).execute();
}

async function insertGates(transaction: RegistryTransaction, key: RunKey, gates: readonly GateResult[]) {
  if (gates.length === 0) return;
  const rows = gates.map((gate, position) => ({ ...keyColumns(key), position, ...gate }));
  await transaction.insertInto('run_gates').values(rows).execute();
}

/** Stores the results of the evaluation. Call it in the transaction of the decision, which runs once for each run. */
export async function insertEvaluation(
  transaction: RegistryTransaction,
  key: RunKey,
  facts: EvaluationFacts,
): Promise<void> {
  await insertMetrics(transaction, key, facts.metrics);
  await insertComparisons(transaction, key, facts.comparisons);
  await insertGates(transaction, key, facts.gates);
}

/** LIKE pattern for the ids of child workflows; `%` and `_` in the parent's id are escaped. */
const childrenOf = (workflowId: string): string => `${workflowId.replaceAll(/[\\%_]/g, '\\$&')}/%`;

/** Condition that a row belongs to a workflow, or to one below it (`<workflowId>/…`). @param column - with its table. */
export const belowWorkflow = (column: string, workflowId: string) =>
  sql<SqlBool>`(${sql.ref(column)} = ${workflowId} or ${sql.ref(column)} like ${childrenOf(workflowId)})`;

type RunsBuilder = ExpressionBuilder<RegistryTables, 'runs'>;

/** Condition that a row belongs to the selected run. @param alias - of a table with the key of a run. */
const ofRun = (alias: 'm' | 'c' | 'g' | 'p' | 'a') => {
  const sameColumn = (name: 'run_key' | 'model_name') =>
    sql`${sql.ref(`${alias}.${name}`)} = ${sql.ref(`runs.${name}`)}`;
  return sql<SqlBool>`${sameColumn('run_key')} and ${sameColumn('model_name')}`;
};

/** Columns of an interval. @param alias - of a table with metrics or comparisons. */
const intervalOf = <Alias extends 'm' | 'c'>(alias: Alias) =>
  [`${alias}.interval_low`, `${alias}.interval_high`, `${alias}.interval_level`, `${alias}.interval_method`] as const;

const metricsOf = (builder: RunsBuilder) =>
  jsonArrayFrom(
    builder
      .selectFrom('run_metrics as m')
      .where(ofRun('m'))
      .orderBy('m.position')
      .select(['m.name', 'm.value', 'm.direction', 'm.n', 'm.remark'])
      .select(intervalOf('m')),
  ).as('metrics');

const comparisonsOf = (builder: RunsBuilder) =>
  jsonArrayFrom(
    builder
      .selectFrom('run_comparisons as c')
      .where(ofRun('c'))
      .orderBy('c.against')
      .select(['c.against', 'c.metric', 'c.challenger', 'c.other', 'c.difference', 'c.n'])
      .select(intervalOf('c')),
  ).as('comparisons');

const gatesOf = (builder: RunsBuilder) =>
  jsonArrayFrom(
    builder
      .selectFrom('run_gates as g')
      .where(ofRun('g'))
      .orderBy('g.position')
      .select(['g.gate', 'g.passed', 'g.finding']),
  ).as('gates');

const paramsOf = (builder: RunsBuilder) =>
  jsonArrayFrom(
    builder.selectFrom('run_params as p').where(ofRun('p')).orderBy('p.name').select(['p.name', 'p.value']),
  ).as('params');

const datasetOf = (builder: RunsBuilder) =>
  jsonObjectFrom(
    builder
      .selectFrom('datasets as d')
      .whereRef('d.hash', '=', 'runs.dataset_hash')
      .whereRef('d.model_name', '=', 'runs.model_name')
      .whereRef('d.line', '=', 'runs.line')
      .select(['d.hash', 'd.model_name', 'd.line', 'd.rows', 'd.origin', 'd.notes']),
  ).as('dataset');

/** Hash of the artefact that a run recorded in a role; null without one. */
const artefactOf = (builder: RunsBuilder, role: string) =>
  builder.selectFrom('run_artefacts as a').where(ofRun('a')).where('a.role', '=', role).select('a.hash');

/** When a run recorded its first artefact in a role; null without one, and when the step took an earlier run's result. */
const computedAtOf = (builder: RunsBuilder, role: string, step: ReusableStep) =>
  builder
    .selectFrom('run_artefacts as a')
    .where(ofRun('a'))
    .where('a.role', '=', role)
    .where((is) => {
      const steps = is
        .selectFrom('run_steps as s')
        .whereRef('s.run_key', '=', 'runs.run_key')
        .where('s.step', '=', step);
      return is.not(is.exists(steps.whereRef('s.computed_by', '<>', 'runs.run_key').select('s.step')));
    })
    .select('a.recorded_at');

/** Sub-selects with the facts of a run for a query that selects from `runs`. */
export const runFacts = { metricsOf, comparisonsOf, gatesOf, paramsOf, datasetOf, artefactOf, computedAtOf } as const;
