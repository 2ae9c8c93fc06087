import type pg from 'pg';
import type { DriftDecision, DriftDecisionKey, DriftFinding } from '../../contracts/drift.js';
import { inTransaction } from '../../platform/postgres/transaction.js';
import type { Endpoint } from '../../platform/outbox/outbox.js';
import { raiseAlert, resolveAlert } from '../alerts/alerts.js';

type Database = Pick<pg.Pool, 'query'>;

/** A decision with what it was made from. */
export interface DriftRecord extends DriftDecision {
  readonly finding: DriftFinding;
  readonly decidedAt: Date;
}

interface Row {
  readonly model_name: string;
  readonly line: string;
  readonly version: string;
  readonly window_start: Date;
  readonly window_end: Date;
  readonly decision: DriftDecision['decision'];
  readonly reasons: string[];
  readonly finding: DriftFinding;
  readonly retraining_id: string | null;
  readonly retraining_started_at: Date | null;
  readonly decided_at: Date;
}

const recordOf = (row: Row): DriftRecord => ({
  modelName: row.model_name,
  line: row.line,
  version: row.version,
  window: { from: row.window_start.getTime(), to: row.window_end.getTime() },
  decision: row.decision,
  reasons: row.reasons,
  retrainingId: row.retraining_id,
  startedAt: row.retraining_started_at?.getTime() ?? null,
  finding: row.finding,
  decidedAt: row.decided_at,
});

const SELECT = 'select * from monitoring.drift_decisions';
const FIND = `${SELECT} where model_name = $1 and line = $2 and window_end = $3`;
const NEWEST = `${SELECT} where model_name = $1 and ($2::text is null or line = $2) order by window_end desc limit $3`;
const NEWEST_OF_ALL = `
  select distinct on (model_name, line) * from monitoring.drift_decisions
  order by model_name, line, window_end desc`;
const BY_RETRAINING = `${SELECT} where retraining_id = $1`;
const LAST_RETRAINING = `
  select max(decided_at) as at from monitoring.drift_decisions
  where model_name = $1 and line = $2 and decision = 'retrain'`;
const INSERT = `
  insert into monitoring.drift_decisions
    (model_name, line, window_start, window_end, version, decision, reasons, finding, retraining_id)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
const STARTED = `
  update monitoring.drift_decisions set retraining_started_at = clock_timestamp()
  where model_name = $1 and line = $2 and window_end = $3 and retraining_id is not null
    and retraining_started_at is null`;

const iso = (at: number): string => new Date(at).toISOString();
const keyOf = ({ modelName, line, windowEnd }: DriftDecisionKey): unknown[] => [modelName, line, iso(windowEnd)];

/** The decision about a window; null: it has not been decided about. */
export async function findDecision(database: Database, key: DriftDecisionKey): Promise<DriftRecord | null> {
  const { rows } = await database.query<Row>(FIND, keyOf(key));
  return rows[0] === undefined ? null : recordOf(rows[0]);
}

/** Decisions of a model, newest window first. @param filter.line - null: of all lines. */
export async function listDecisions(
  database: Database,
  { modelName, line, limit }: { readonly modelName: string; readonly line: string | null; readonly limit: number },
): Promise<DriftRecord[]> {
  return (await database.query<Row>(NEWEST, [modelName, line, limit])).rows.map(recordOf);
}

/** The newest decision of each model and line. */
export async function newestDecisions(database: Database): Promise<DriftRecord[]> {
  return (await database.query<Row>(NEWEST_OF_ALL)).rows.map(recordOf);
}

/** The decision that started a retraining; null for a run that drift did not start. */
export async function decisionOfRetraining(database: Database, retrainingId: string): Promise<DriftRecord | null> {
  const { rows } = await database.query<Row>(BY_RETRAINING, [retrainingId]);
  return rows[0] === undefined ? null : recordOf(rows[0]);
}

/** Records that a retraining was started; nothing where that is recorded. */
export async function recordStart(database: Database, key: DriftDecisionKey): Promise<void> {
  await database.query(STARTED, keyOf(key));
}

/** What is decided from a finding and the moment (milliseconds) of the last retraining for drift. */
export type Decide = (lastRetraining: number | null) => Pick<DriftDecision, 'decision' | 'reasons' | 'retrainingId'>;

/** An alert of a decision, or null; alerts of the other kind are resolved. */
export interface DriftAlerts {
  readonly endpoints: readonly Endpoint[];
  readonly subject: string;
  readonly messageOf: (
    decided: ReturnType<Decide>,
  ) => { readonly kind: 'data-drift' | 'source-fault'; readonly text: string } | null;
}

/**
 * Decides about a window and raises or resolves its alerts, in one transaction. Checks of one line wait for each other, so
 * that two windows cannot both start a retraining; a window that was decided about meanwhile keeps its decision.
 */
export function recordDecision(
  pool: pg.Pool,
  subject: { readonly modelName: string; readonly line: string; readonly finding: DriftFinding },
  decide: Decide,
  alerts: DriftAlerts,
): Promise<DriftRecord> {
  const { modelName, line, finding } = subject;
  const { from, to } = finding.window;
  const key = { modelName, line, windowEnd: to };
  return inTransaction(pool, async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [`drift ${modelName} ${line}`]);
    const known = await findDecision(client, key);
    if (known !== null) return known;
    const { rows } = await client.query<{ at: Date | null }>(LAST_RETRAINING, [modelName, line]);
    const decided = decide(rows[0]?.at?.getTime() ?? null);
    const { decision, reasons, retrainingId } = decided;
    const values = [decision, JSON.stringify(reasons), JSON.stringify(finding), retrainingId];
    await client.query(INSERT, [modelName, line, iso(from), iso(to), finding.version, ...values]);
    await settleAlerts(client, alerts, decided);
    return (await findDecision(client, key))!;
  });
}

/** A check that could not decide leaves open alerts as they are. */
async function settleAlerts(client: pg.PoolClient, alerts: DriftAlerts, decided: ReturnType<Decide>): Promise<void> {
  if (decided.decision === 'undecided') return;
  const { endpoints, subject, messageOf } = alerts;
  const alert = messageOf(decided);
  for (const kind of ['data-drift', 'source-fault'] as const)
    if (alert?.kind === kind)
      await raiseAlert(client, endpoints, { kind, severity: 'warning', subject, message: alert.text });
    else await resolveAlert(client, endpoints, { kind, subject });
}

const FIND_REFERENCE = `
  select rows, profile from monitoring.drift_references
  where model_name = $1 and line = $2 and version = $3 and code = $4`;
const KEEP_REFERENCE = `
  insert into monitoring.drift_references (model_name, line, version, code, rows, profile)
  values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;

/** Whose reference it is. */
export interface ReferenceKey {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  /** Of what a reference is made by: another code makes it anew. */
  readonly code: string;
}

const referenceKey = ({ modelName, line, version, code }: ReferenceKey): string[] => [modelName, line, version, code];

/** A version's stored reference; null: none was made. */
export async function findReference(
  database: Database,
  key: ReferenceKey,
): Promise<{ readonly rows: number; readonly profile: unknown } | null> {
  const { rows } = await database.query<{ rows: number; profile: unknown }>(FIND_REFERENCE, referenceKey(key));
  return rows[0] ?? null;
}

/** Keeps a version's reference; the first one stays. */
export async function keepReference(
  database: Database,
  key: ReferenceKey,
  { rows, profile }: { readonly rows: number; readonly profile: unknown },
): Promise<void> {
  await database.query(KEEP_REFERENCE, [...referenceKey(key), rows, JSON.stringify(profile)]);
}
