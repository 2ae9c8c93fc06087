import { type SqlBool, sql } from 'kysely';
import type { DatasetRef } from '../contracts/dataset.js';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { RunRecord, RunStatus, StartRunInput } from '../contracts/registry.js';
import { comparisonOf, datasetOf, metricOf, overrideColumns, overrideOf, paramsOf } from './row-mappers.js';
import { belowWorkflow, insertParams, requireRun, type RunKey, runFacts } from './run-queries.js';
import type { RegistryDatabase, RegistryTransaction } from './tables.js';

/** Creates the model and the experiment of a line if they do not exist. */
export async function ensureExperiment(
  transaction: RegistryTransaction,
  modelName: string,
  line: string,
): Promise<void> {
  await transaction
    .insertInto('models')
    .values({ name: modelName })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await transaction
    .insertInto('experiments')
    .values({ name: `${modelName}/${line}`, model_name: modelName, line })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function startRun(database: RegistryDatabase, input: StartRunInput): Promise<void> {
  const { runKey, workflowId, modelName, line, seed, codeVersion, statedReason = null, rerun = null } = input;
  await database.transaction().execute(async (transaction) => {
    await ensureExperiment(transaction, modelName, line);
    await transaction
      .insertInto('runs')
      .values({
        run_key: runKey,
        model_name: modelName,
        line,
        workflow_id: workflowId,
        seed,
        code_version: codeVersion,
        stated_reason: statedReason,
        rerun_of: rerun?.workflowId ?? null,
        start_stage: rerun?.from ?? null,
      })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await insertParams(transaction, input, input.params);
  });
}

/** Stores the reference; the same dataset may serve many runs. */
export async function insertDataset(transaction: RegistryTransaction, dataset: DatasetRef): Promise<void> {
  const { hash, modelName, line, rows, origin, notes } = dataset;
  await transaction
    .insertInto('datasets')
    .values({
      hash,
      line,
      rows,
      model_name: modelName,
      origin: JSON.stringify(origin),
      notes: JSON.stringify(notes),
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Records the run's dataset and sets the run's line to the dataset's, which may differ from the planned one. */
export async function recordDataset(database: RegistryDatabase, key: RunKey, dataset: DatasetRef): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await ensureExperiment(transaction, key.modelName, dataset.line);
    await insertDataset(transaction, dataset);
    const { numUpdatedRows } = await transaction
      .updateTable('runs')
      .set({ dataset_hash: dataset.hash, line: dataset.line })
      .where('run_key', '=', key.runKey)
      .where('model_name', '=', key.modelName)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw pipelineError('RUN_NOT_FOUND', { id: key.runKey, modelName: key.modelName });
  });
}

/** Records one artefact for each role; a repeated step with another artefact replaces the earlier entry. */
export async function recordArtefact(
  database: RegistryDatabase,
  key: RunKey,
  artefact: { readonly role: string; readonly hash: string; readonly bytes: number },
): Promise<void> {
  await requireRun(database, key);
  const { hash, bytes } = artefact;
  await database
    .insertInto('run_artefacts')
    .values({ run_key: key.runKey, model_name: key.modelName, ...artefact })
    .onConflict((conflict) => conflict.columns(['run_key', 'model_name', 'role']).doUpdateSet({ hash, bytes }))
    .execute();
}

/** A later decision may replace these: a workflow that is reset after a failure continues under the same key. */
const interrupted: readonly RunStatus[] = ['failed', 'cancelled'];

export async function finishRun(
  database: RegistryDatabase,
  key: RunKey,
  outcome: { readonly status: RunStatus; readonly reasons: readonly string[]; readonly endedAt?: Date | null },
): Promise<void> {
  const { status, reasons, endedAt = null } = outcome;
  if (status === 'running') throw new PipelineError('INVALID_INPUT', 'a finished run cannot have the status "running"');
  const replaceable: RunStatus[] = interrupted.includes(status) ? ['running'] : ['running', ...interrupted];
  const { numUpdatedRows } = await database
    .updateTable('runs')
    .set({ status, reasons: JSON.stringify(reasons), ended_at: endedAt ?? sql<Date>`clock_timestamp()` })
    .where('run_key', '=', key.runKey)
    .where('model_name', '=', key.modelName)
    .where('status', 'in', replaceable)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) await requireRun(database, key);
}

const selectRuns = (database: RegistryDatabase) =>
  database
    .selectFrom('runs')
    .leftJoin('registrations', (join) =>
      join
        .onRef('registrations.run_key', '=', 'runs.run_key')
        .onRef('registrations.model_name', '=', 'runs.model_name'),
    )
    .leftJoin('overrides', (join) =>
      join.onRef('overrides.run_key', '=', 'runs.run_key').onRef('overrides.model_name', '=', 'runs.model_name'),
    )
    .selectAll('runs')
    .select('registrations.version')
    .select(overrideColumns)
    .select((builder) => [
      runFacts.metricsOf(builder),
      runFacts.comparisonsOf(builder),
      runFacts.gatesOf(builder),
      runFacts.paramsOf(builder),
      runFacts.datasetOf(builder),
      runFacts.artefactOf(builder, 'evaluation').as('evaluation_hash'),
      runFacts.artefactOf(builder, 'learning-curves').as('curves_hash'),
      runFacts.artefactOf(builder, 'card').as('card_hash'),
      runFacts.artefactOf(builder, 'card-markdown').as('card_markdown_hash'),
      runFacts.computedAtOf(builder, 'model', 'fitModel').as('trained_at'),
      runFacts.computedAtOf(builder, 'evaluation', 'evaluateModel').as('evaluated_at'),
    ]);

type RunRow = Awaited<ReturnType<ReturnType<typeof selectRuns>['execute']>>[number];

const runRecord = (row: RunRow): RunRecord => ({
  runKey: row.run_key,
  workflowId: row.workflow_id,
  modelName: row.model_name,
  line: row.line,
  status: row.status,
  seed: Number(row.seed),
  params: paramsOf(row.params),
  metrics: row.metrics.map(metricOf),
  comparisons: row.comparisons.map(comparisonOf),
  gates: row.gates,
  dataset: row.dataset === null ? null : datasetOf(row.dataset),
  artefactHash: row.artefact_hash,
  evaluationHash: row.evaluation_hash,
  curvesHash: row.curves_hash,
  cardHash: row.card_hash,
  cardMarkdownHash: row.card_markdown_hash,
  version: row.version ?? row.override_version,
  reasons: row.reasons,
  statedReason: row.stated_reason,
  override: overrideOf(row),
  rerun: rerunOf(row),
  codeVersion: row.code_version,
  startedAt: row.started_at,
  trainedAt: row.trained_at,
  evaluatedAt: row.evaluated_at,
  endedAt: row.ended_at,
});

const rerunOf = ({ rerun_of: workflowId, start_stage: from }: RunRow): RunRecord['rerun'] =>
  workflowId === null || from === null ? null : { workflowId, from };

/** Runs by their keys, in the order of these. */
export async function listRunsByKeys(database: RegistryDatabase, keys: readonly RunKey[]): Promise<RunRecord[]> {
  if (keys.length === 0) return [];
  const tuples = sql.join(keys.map(({ runKey, modelName }) => sql`(${runKey}, ${modelName})`));
  const rows = await selectRuns(database)
    .where(sql<SqlBool>`(runs.run_key, runs.model_name) in (${tuples})`)
    .execute();
  const records = new Map(rows.map((row) => [`${row.run_key} ${row.model_name}`, runRecord(row)]));
  return keys.flatMap(({ runKey, modelName }) => records.get(`${runKey} ${modelName}`) ?? []);
}

export interface RunFilter {
  readonly runKey?: string;
  readonly modelName?: string;
  /** This workflow's run and those of its children (`<workflowId>/<model>`). */
  readonly workflowId?: string;
  /** The same of several workflows, in one query. */
  readonly workflowIds?: readonly string[];
  readonly limit?: number;
}

const DEFAULT_LIMIT = 100;

/** Newest first. */
export async function listRuns(database: RegistryDatabase, filter: RunFilter): Promise<RunRecord[]> {
  const { runKey, modelName, workflowId, workflowIds, limit = DEFAULT_LIMIT } = filter;
  if (workflowIds?.length === 0) return [];
  let query = selectRuns(database).orderBy('runs.started_at', 'desc').limit(limit);
  if (runKey !== undefined) query = query.where('runs.run_key', '=', runKey);
  if (modelName !== undefined) query = query.where('runs.model_name', '=', modelName);
  if (workflowId !== undefined) query = query.where(belowWorkflow('runs.workflow_id', workflowId));
  if (workflowIds !== undefined)
    query = query.where((is) => is.or(workflowIds.map((id) => belowWorkflow('runs.workflow_id', id))));
  return (await query.execute()).map(runRecord);
}
