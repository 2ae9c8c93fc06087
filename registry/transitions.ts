import { PipelineError } from '../contracts/errors.js';
import type { Stage } from '../contracts/ids.js';
import type { StageChange, TransitionRecord } from '../contracts/registry.js';
import { appendAudit, type AuditAction, versionSubject } from './audit/append.js';
import type { LineKey } from './lines.js';
import type { ProductionArrival, VersionPlace } from './promotion-policy.js';
import type { RegistryDatabase, RegistryTables, RegistryTransaction } from './tables.js';
import { versionNotFound } from './choose-version.js';
import type { VersionKey } from './versions.js';

/** One stage change as it is recorded. */
export interface Transition extends VersionKey {
  readonly from: Stage | null;
  readonly to: Stage;
  readonly kind: RegistryTables['stage_transitions']['kind'];
  readonly actor: string;
  readonly reason: string;
  /** Null for a version that another one displaces: the cause has the key. */
  readonly idempotencyKey: string | null;
  readonly causedBy?: string;
  /** @default false */
  readonly demo?: boolean;
}

const selectTransitions = (database: RegistryDatabase, { modelName, line }: LineKey) =>
  database.selectFrom('stage_transitions').selectAll().where('model_name', '=', modelName).where('line', '=', line);

type TransitionRow = Awaited<ReturnType<ReturnType<typeof selectTransitions>['execute']>>[number];

const transitionRecord = (row: TransitionRow): TransitionRecord => ({
  version: row.version,
  from: row.from_stage,
  to: row.to_stage,
  actor: row.actor,
  reason: row.reason,
  demo: row.demo,
  at: row.at,
});

export function stageChange(row: TransitionRow): StageChange {
  if (row.from_stage !== null) return { ...transitionRecord(row), from: row.from_stage };
  throw new PipelineError('CONFLICT', 'this key belongs to a registration, not to a change of stage');
}

const actionOf: Readonly<Record<Transition['kind'], AuditAction>> = {
  registration: 'version.registered',
  promotion: 'version.moved',
  displacement: 'version.displaced',
  rollback: 'version.rolled-back',
};

/** Records a change of stage, and who did it in the audit log. */
export async function insertTransition(
  transaction: RegistryTransaction,
  transition: Transition,
): Promise<TransitionRow> {
  const { modelName, line, version, from, to, kind, actor, reason, idempotencyKey, causedBy = null } = transition;
  const row = await transaction
    .insertInto('stage_transitions')
    .values({
      model_name: modelName,
      line,
      version,
      from_stage: from,
      to_stage: to,
      kind,
      actor,
      reason,
      idempotency_key: idempotencyKey,
      caused_by: causedBy,
      demo: transition.demo ?? false,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const details = { from, to, reason, transition: row.id };
  await appendAudit(transaction, { actor, action: actionOf[kind], subject: versionSubject(transition), details });
  return row;
}

export async function findByKey(
  transaction: RegistryTransaction,
  key: LineKey,
  idempotencyKey: string,
): Promise<TransitionRow | null> {
  const row = await selectTransitions(transaction, key)
    .where('idempotency_key', '=', idempotencyKey)
    .executeTakeFirst();
  return row ?? null;
}

/** Oldest first. */
export async function listTransitions(database: RegistryDatabase, key: LineKey): Promise<TransitionRecord[]> {
  return (await selectTransitions(database, key).orderBy('id').execute()).map(transitionRecord);
}

/** All transitions of the line's versions to production, oldest first. */
export async function productionArrivals(
  transaction: RegistryTransaction,
  key: LineKey,
): Promise<readonly ProductionArrival[]> {
  const rows = await selectTransitions(transaction, key).where('to_stage', '=', 'production').orderBy('id').execute();
  const failures = await failedPromotions(transaction, key);
  return rows.map(({ version, kind, at }) => ({
    version,
    kind: kind === 'rollback' ? 'rollback' : 'promotion',
    proven: !failures.some((failure) => failure.version === version && failure.from <= at && at <= failure.to),
  }));
}

/**
 * Periods of production requests that ended as `failed`. A version that was promoted in such a period failed its smoke
 * test; without a promotion the request was cancelled before a decision.
 */
async function failedPromotions(transaction: RegistryTransaction, { modelName, line }: LineKey) {
  const rows = await transaction
    .selectFrom('promotion_requests')
    .select(['version', 'opened_at', 'decided_at'])
    .where('model_name', '=', modelName)
    .where('line', '=', line)
    .where('to_stage', '=', 'production')
    .where('status', '=', 'failed')
    .execute();
  return rows.map(({ version, opened_at: from, decided_at: to }) => ({ version, from, to: to ?? from }));
}

const selectPlaces = (transaction: RegistryTransaction, { modelName, line }: LineKey) =>
  transaction.selectFrom('version_stages').selectAll().where('model_name', '=', modelName).where('line', '=', line);

/** @throws PipelineError `VERSION_NOT_FOUND`. */
export async function placeOf(transaction: RegistryTransaction, key: VersionKey): Promise<VersionPlace> {
  const row = await selectPlaces(transaction, key).where('version', '=', key.version).executeTakeFirst();
  if (row === undefined) throw versionNotFound(key, `version ${key.version}`, { version: key.version });
  return { modelName: key.modelName, line: key.line, version: row.version, stage: row.stage };
}

/** The version in a stage that holds at most one version of a line. */
export async function holderOf(
  transaction: RegistryTransaction,
  key: LineKey,
  stage: 'staging' | 'production',
): Promise<VersionPlace | null> {
  const row = await selectPlaces(transaction, key).where('stage', '=', stage).executeTakeFirst();
  return row === undefined
    ? null
    : { modelName: key.modelName, line: key.line, version: row.version, stage: row.stage };
}
