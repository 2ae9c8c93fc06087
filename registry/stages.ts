import { sql } from 'kysely';
import { PipelineError } from '../contracts/errors.js';
import { isSynthetic, type Stage } from '../contracts/ids.js';
import type { StageChange } from '../contracts/registry.js';
import { type LineKey, lockLine } from './lines.js';
import { assertNotOverridden } from './override.js';
import { assertNotRequested } from './promotion-requests.js';
import { assertArchivable, assertTransition, formerProduction, type VersionPlace } from './promotion-policy.js';
import type { RegistryDatabase, RegistryTransaction } from './tables.js';
import { findByKey, holderOf, insertTransition, placeOf, productionArrivals, stageChange } from './transitions.js';
import type { VersionKey } from './versions.js';

interface Order {
  readonly actor: string;
  readonly reason: string;
  readonly idempotencyKey: string;
}

async function setStage(transaction: RegistryTransaction, key: VersionKey, stage: Stage): Promise<void> {
  await transaction
    .updateTable('version_stages')
    .set({ stage, since: sql<Date>`clock_timestamp()` })
    .where('model_name', '=', key.modelName)
    .where('line', '=', key.line)
    .where('version', '=', key.version)
    .execute();
}

async function displace(
  transaction: RegistryTransaction,
  holder: VersionPlace,
  cause: { readonly id: string; readonly version: string; readonly actor: string },
): Promise<void> {
  const reason = `replaced in ${holder.stage} by ${cause.version}`;
  await insertTransition(transaction, {
    modelName: holder.modelName,
    line: holder.line,
    version: holder.version,
    from: holder.stage,
    to: 'archived',
    kind: 'displacement',
    actor: cause.actor,
    reason,
    idempotencyKey: null,
    causedBy: cause.id,
  });
  await setStage(transaction, holder, 'archived');
}

/** Moves one version and archives the one in its new stage first, as the unique index on stages requires. */
async function move(
  transaction: RegistryTransaction,
  place: VersionPlace,
  step: Order & { readonly to: Stage; readonly kind: 'promotion' | 'rollback' },
): Promise<StageChange> {
  const { to, kind, actor, reason, idempotencyKey } = step;
  const row = await insertTransition(transaction, {
    modelName: place.modelName,
    line: place.line,
    version: place.version,
    from: place.stage,
    to,
    kind,
    actor,
    reason,
    idempotencyKey,
    demo: to === 'production' && isSynthetic(place.line),
  });
  const holder = to === 'staging' || to === 'production' ? await holderOf(transaction, place, to) : null;
  if (holder !== null) await displace(transaction, holder, row);
  await setStage(transaction, place, to);
  return stageChange(row);
}

/** The first result under this key. @throws PipelineError `CONFLICT` when the key was used for something else. */
async function earlierChange(
  transaction: RegistryTransaction,
  order: LineKey & Order,
  wanted: { readonly version?: string; readonly to: Stage },
): Promise<StageChange | null> {
  const row = await findByKey(transaction, order, order.idempotencyKey);
  if (row === null) return null;
  if (row.to_stage === wanted.to && (wanted.version ?? row.version) === row.version) return stageChange(row);
  throw new PipelineError(
    'CONFLICT',
    `the key "${order.idempotencyKey}" already moved ${row.version} to ${row.to_stage}`,
    { found: row.version, modelName: order.modelName, line: order.line },
  );
}

/** `CONFLICT`: the state changed since the caller read it. */
const movedMeanwhile = ({ modelName, line }: LineKey, found: string): PipelineError =>
  new PipelineError('CONFLICT', `${modelName} (line ${line}): ${found}; look again`, { modelName, line });

export async function promote(
  database: RegistryDatabase,
  order: VersionKey & Order & { readonly to: Stage; readonly from?: Stage; readonly demo?: boolean },
): Promise<StageChange> {
  return database.transaction().execute(async (transaction) => {
    await lockLine(transaction, order);
    const earlier = await earlierChange(transaction, order, order);
    if (earlier !== null) return earlier;

    const place = await placeOf(transaction, order);
    if (order.from !== undefined && place.stage !== order.from)
      throw movedMeanwhile(order, `${order.version} shall leave ${order.from}, and is in ${place.stage} now`);
    assertTransition(place, order.to, order.demo);
    await assertNotOverridden(transaction, order, order.to);
    return move(transaction, place, { ...order, kind: 'promotion' });
  });
}

export async function archive(database: RegistryDatabase, order: VersionKey & Order): Promise<StageChange> {
  return database.transaction().execute(async (transaction) => {
    await lockLine(transaction, order);
    const earlier = await earlierChange(transaction, order, { version: order.version, to: 'archived' });
    if (earlier !== null) return earlier;

    const place = await placeOf(transaction, order);
    assertArchivable(place);
    await assertNotRequested(transaction, order);
    return move(transaction, place, { ...order, to: 'archived', kind: 'promotion' });
  });
}

/**
 * @throws PipelineError `TRANSITION_NOT_ALLOWED` when no version is, or none was before, in production; `CONFLICT` when
 *   another version than `from` is in production.
 */
async function rollbackTarget(transaction: RegistryTransaction, key: LineKey, from?: string): Promise<string> {
  const { modelName, line } = key;
  const current = await holderOf(transaction, key, 'production');
  if (from !== undefined && current?.version !== from)
    throw movedMeanwhile(key, `${from} shall leave production, where ${current?.version ?? 'nothing'} is now`);
  const former = formerProduction(await productionArrivals(transaction, key)).at(-1);
  if (current !== null && former !== undefined) return former;
  const found =
    current === null ? 'nothing is in production' : `no version was in production before ${current.version}`;
  throw new PipelineError('TRANSITION_NOT_ALLOWED', `${modelName} (line ${line}) cannot be rolled back: ${found}`, {
    modelName,
    line,
  });
}

export async function rollback(
  database: RegistryDatabase,
  order: LineKey & Order & { readonly from?: string },
): Promise<StageChange> {
  return database.transaction().execute(async (transaction) => {
    await lockLine(transaction, order);
    const earlier = await earlierChange(transaction, order, { to: 'production' });
    if (earlier !== null) return earlier;

    const version = await rollbackTarget(transaction, order, order.from);
    const place = await placeOf(transaction, { modelName: order.modelName, line: order.line, version });
    return move(transaction, place, { ...order, to: 'production', kind: 'rollback' });
  });
}
