import type pg from 'pg';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { sliceOfUser } from './forgotten.js';

/** What was removed, by what it is: `snapshots`, `rows.transactions`, `predictions`. No value of a row. */
export type ErasureCounts = Readonly<Record<string, number>>;

/** Who is to be forgotten. */
export interface ErasureRequest {
  readonly userId: string;
  /** Source of the rows; null: every source. */
  readonly source: string | null;
  readonly reason: string | null;
  readonly requestedBy: string;
}

/** An entry of the erasure list, as people see it: without the customer. */
export interface ErasureRecord {
  readonly id: number;
  readonly source: string | null;
  readonly reason: string | null;
  readonly requestedBy: string;
  readonly requestedAt: Date;
  /** Null: it was interrupted, or waits. */
  readonly completedAt: Date | null;
  /** Of all erasures of this customer together. */
  readonly counts: ErasureCounts;
}

export interface BegunErasure {
  readonly id: number;
  /** Names the customer in the audit log: `v<version of the key> <HMAC>`. */
  readonly subject: string;
}

/** An erasure that was begun and not completed, with its customer. */
export interface PendingErasure extends BegunErasure {
  readonly request: ErasureRequest;
}

type Database = Pick<pg.Pool, 'query'>;

const contextOf = (id: number): string => `erasure ${id}`;
const subjectOf = (version: number, hash: string): string => `v${version} ${hash}`;

const FIND = `
  select id::int as id, encode(subject_hash, 'hex') as hash, subject_key as version from erasure.requests
  where coalesce(source, '') = coalesce($1, '') and encode(subject_hash, 'hex') || ' ' || subject_key = any($2)`;

const INSERT = `
  insert into erasure.requests (source, subject_hash, subject_key, slice, reason, requested_by)
  values ($1, $2, $3, $4, $5, $6)
  on conflict (subject_hash, coalesce(source, '')) do update set requested_by = erasure.requests.requested_by
  returning id::int as id`;

/**
 * Puts a customer on the erasure list: extractions that begin from now on leave their rows out. The id is kept encrypted
 * until {@link completeErasure}. Idempotent.
 */
export async function beginErasure(database: Database, keys: KeyRing, request: ErasureRequest): Promise<BegunErasure> {
  const { userId, source, reason, requestedBy } = request;
  const hashes = keys.signByAll('subjects', userId).map(({ version, hash }) => `${hash.toString('hex')} ${version}`);
  const { rows } = await database.query<{ id: number; hash: string; version: number }>(FIND, [source, hashes]);
  let [found] = rows;
  if (found === undefined) {
    const { version, hash } = keys.sign('subjects', userId);
    const values = [source, hash, version, sliceOfUser(userId), reason, requestedBy];
    const inserted = await database.query<{ id: number }>(INSERT, values);
    found = { id: inserted.rows[0]!.id, hash: hash.toString('hex'), version };
  }
  const sealed = keys.seal('erasures', Buffer.from(userId), contextOf(found.id));
  await database.query('update erasure.requests set sealed_id = $2, reason = coalesce($3, reason) where id = $1', [
    found.id,
    sealed,
    reason,
  ]);
  return { id: found.id, subject: subjectOf(found.version, found.hash) };
}

/** Notes that nothing of the customer is left, and removes the encrypted id. @param counts - are added to those before. */
export async function completeErasure(database: Database, id: number, counts: ErasureCounts): Promise<void> {
  const { rows } = await database.query<{ counts: ErasureCounts }>(
    'select counts from erasure.requests where id = $1 for update',
    [id],
  );
  const before = rows[0]?.counts ?? {};
  const sum = { ...before };
  for (const [name, count] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + count;
  await database.query(
    'update erasure.requests set completed_at = now(), sealed_id = null, counts = $2 where id = $1',
    [id, JSON.stringify(sum)],
  );
}

interface PendingRow extends ErasureRecord {
  readonly hash: string;
  readonly version: number;
  readonly sealed: Buffer;
}

const COLUMNS =
  'id::int as id, source, reason, requested_by as "requestedBy", requested_at as "requestedAt", ' +
  'case when sealed_id is null then completed_at end as "completedAt", counts';

/** Erasures that were begun and not completed, oldest first. @throws PipelineError `DECRYPTION_FAILED`, `KEY_NOT_FOUND`. */
export async function pendingErasures(database: Database, keys: KeyRing): Promise<readonly PendingErasure[]> {
  const { rows } = await database.query<PendingRow>(
    `select ${COLUMNS}, encode(subject_hash, 'hex') as hash, subject_key as version, sealed_id as sealed
     from erasure.requests where sealed_id is not null order by id`,
  );
  return rows.map(({ id, source, reason, requestedBy, hash, version, sealed }) => ({
    id,
    subject: subjectOf(version, hash),
    request: { userId: keys.open('erasures', sealed, contextOf(id)).toString(), source, reason, requestedBy },
  }));
}

/** The erasure list, newest first. */
export async function listErasures(database: Database, limit: number): Promise<readonly ErasureRecord[]> {
  const { rows } = await database.query<ErasureRecord>(
    `select ${COLUMNS} from erasure.requests order by id desc limit $1`,
    [limit],
  );
  return rows;
}
