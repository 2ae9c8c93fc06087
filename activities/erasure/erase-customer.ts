import type pg from 'pg';
import { pipelineError } from '../../contracts/errors.js';
import { type KeysByTable, rewriteSnapshot } from '../../datasets/erasure/rewrite-snapshot.js';
import {
  beginErasure,
  type BegunErasure,
  completeErasure,
  type ErasureCounts,
  type ErasureRequest,
} from '../../datasets/erasure/request-log.js';
import type { SnapshotLog } from '../../datasets/snapshots/snapshot-log.js';
import type { SourceCatalog } from '../../datasets/sources/catalog.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import type { BlobStore, ClearableCheckpoints } from '../../platform/blobs/blob-store.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { inTransaction } from '../../platform/postgres/transaction.js';
import { insertAudit } from '../../registry/audit/append.js';
import { countRows, type CustomerRows, deleteRows } from './database-rows.js';
import { findCopies, type HeldSnapshot, type StoredCopies } from './stored-copies.js';

/** Where copies of a customer may be. */
export interface ErasureDeps {
  readonly pool: pg.Pool;
  readonly blobs: BlobStore;
  readonly checkpoints: Pick<ClearableCheckpoints, 'clear'>;
  readonly snapshotLog: Pick<SnapshotLog, 'allHashes' | 'erased'>;
  readonly catalog: Pick<SourceCatalog, 'list'>;
  readonly onlineStore: Pick<OnlineStore, 'forget'>;
  readonly keys: KeyRing;
  /** Removes answers that the API stores for a while. @returns their number. */
  readonly removeCachedAnswers: () => Promise<number>;
  /** True where schema `backend` is this system's own. */
  readonly ownBackend: boolean;
  /** Runs that may hold rows that they read before; see {@link eraseCustomer}. */
  readonly activeRuns: () => Promise<readonly string[]>;
  /** Called with what is done next, for people. */
  readonly onStep?: (step: string) => void;
}

/** What was found, or removed. */
export interface Erasure {
  /** In the words of {@link ErasureCounts}; empty: nothing. */
  readonly counts: ErasureCounts;
  readonly snapshots: readonly { readonly hash: string; readonly source: string; readonly replacedBy: string | null }[];
}

interface Survey {
  readonly copies: StoredCopies;
  readonly rows: CustomerRows;
}

async function survey(deps: ErasureDeps, { userId, source }: ErasureRequest): Promise<Survey> {
  const copies = await findCopies(deps, { userId, source });
  const keys = new Map<string, Map<string, Set<string>>>();
  for (const held of [...copies.retained, ...copies.others]) {
    const ofSource = keys.get(held.source) ?? new Map<string, Set<string>>();
    keys.set(held.source, ofSource);
    for (const [table, ids] of held.keys) ofSource.set(table, new Set([...(ofSource.get(table) ?? []), ...ids]));
  }
  const known = (await deps.catalog.list()).map(({ name }) => name);
  const sources = source === null ? [...new Set([...known, ...keys.keys()])] : [source];
  const { keys: ring, ownBackend } = deps;
  return { copies, rows: { userId, sources, keys: keys as ReadonlyMap<string, KeysByTable>, ring, ownBackend } };
}

const positive = (counts: ErasureCounts): ErasureCounts =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** Rows of snapshots: those of the newest one of each source, since the others repeat them. */
function rowCounts({ retained }: StoredCopies): ErasureCounts {
  const newest = new Map(retained.map((held) => [held.source, held]));
  const counts: Record<string, number> = {};
  for (const { keys } of newest.values())
    for (const [table, ids] of keys) counts[`rows.${table}`] = (counts[`rows.${table}`] ?? 0) + ids.size;
  return counts;
}

function copyCounts({ retained, others, manifests, tables, bytes }: StoredCopies): ErasureCounts {
  const derived = manifests.filter(({ kind }) => kind !== 'snapshot').length;
  return { snapshots: retained.length + others.length, derived, blobs: manifests.length + tables.length, bytes };
}

/** What the system holds of a customer. Changes nothing. @throws as {@link eraseCustomer}. */
export async function surveyCustomer(deps: ErasureDeps, request: ErasureRequest): Promise<Erasure> {
  const { copies, rows } = await survey(deps, request);
  const counts = { ...rowCounts(copies), ...copyCounts(copies), ...(await countRows(deps.pool, rows)) };
  const snapshots = copies.retained.map(({ hash, source }) => ({ hash, source, replacedBy: null }));
  return { counts: positive(counts), snapshots };
}

/** Stores a snapshot without the customer, and puts it in the place of the former one, in one transaction. */
async function replaceSnapshot(
  { pool, blobs }: ErasureDeps,
  held: HeldSnapshot,
  context: { readonly userId: string; readonly actor: string; readonly renamed: Map<string, string> },
): Promise<string | null> {
  const { userId, actor, renamed } = context;
  const { hash, keys } = held;
  const rewritten = await rewriteSnapshot({ blobs, hash, userId, keys, renamed });
  if (rewritten === null || rewritten.hash === hash) return null;
  renamed.set(hash, rewritten.hash);
  await inTransaction(pool, async (client) => {
    await client.query('update catalog_snapshots.snapshots set hash = $2, rows = $3 where hash = $1', [
      hash,
      rewritten.hash,
      JSON.stringify(rewritten.rows),
    ]);
    await client.query(
      `insert into catalog_snapshots.erased (hash, kind, replaced_by) values ($1, 'snapshot', $2)
       on conflict (hash) do update set replaced_by = excluded.replaced_by`,
      [hash, rewritten.hash],
    );
    const rows = [...rewritten.removed.values()].reduce((sum, count) => sum + count, 0);
    const details = { replacedBy: rewritten.hash, rows };
    await insertAudit(client, { actor, action: 'snapshot.rewritten', subject: `snapshot ${hash}`, details });
  });
  return rewritten.hash;
}

/** Removes blobs, snapshots last: until then a repeated erasure finds by them what is the customer's. */
async function removeBlobs({ pool, blobs }: ErasureDeps, { manifests, tables }: StoredCopies): Promise<void> {
  await pool.query(
    `insert into catalog_snapshots.erased (hash, kind)
     select hash, kind from unnest($1::text[], $2::text[]) as gone (hash, kind) on conflict (hash) do nothing`,
    [manifests.map(({ hash }) => hash), manifests.map(({ kind }) => kind)],
  );
  for (const hash of [...tables, ...manifests.map(({ hash }) => hash)])
    await blobs.removeOlder(hash, Number.MAX_SAFE_INTEGER);
}

async function eraseOnce(deps: ErasureDeps, request: ErasureRequest): Promise<Erasure> {
  const { onStep = () => undefined } = deps;
  const { userId, source, requestedBy: actor } = request;
  onStep('looking for copies');
  const before = await survey(deps, request);
  const renamed = new Map<string, string>();
  for (const { hash, replacedBy } of await deps.snapshotLog.erased('', Number.MAX_SAFE_INTEGER))
    if (replacedBy !== null) renamed.set(hash, replacedBy);
  const snapshots: Erasure['snapshots'][number][] = [];
  for (const held of before.copies.retained) {
    onStep(`rewriting snapshot ${held.hash.slice(0, 12)}`);
    const replacedBy = await replaceSnapshot(deps, held, { userId, actor, renamed });
    snapshots.push({ hash: held.hash, source: held.source, replacedBy });
  }
  onStep('deleting rows');
  const deleted = await inTransaction(deps.pool, (client) => deleteRows(client, before.rows));
  onStep('removing what was made of them');
  const copies = await findCopies(deps, { userId, source });
  await removeBlobs(deps, copies);
  // Last: the API computes pushed rows from the snapshot of the last run, and stores values again while that is there.
  const online = await deps.onlineStore.forget(userId, source);
  const { retained, others } = before.copies;
  const found = { ...rowCounts(before.copies), ...copyCounts({ ...copies, retained, others }) };
  const counts = positive({ ...found, ...deleted, online });
  if (Object.keys(counts).length === 0) return { counts, snapshots };
  const [checkpoints, answers] = [await deps.checkpoints.clear(), await deps.removeCachedAnswers()];
  return { counts: positive({ ...counts, checkpoints, answers }), snapshots };
}

async function requireNoRun({ activeRuns }: ErasureDeps): Promise<void> {
  const [workflowId] = await activeRuns();
  if (workflowId !== undefined) throw pipelineError('ERASURE_WAITS', { workflowId });
}

/** Puts the customer on the erasure list; see {@link eraseCustomer}, which finishes what this begins. */
export const listCustomer = ({ pool, keys }: ErasureDeps, request: ErasureRequest): Promise<BegunErasure> =>
  beginErasure(pool, keys, request);

/**
 * Removes a customer who is on the erasure list from everything that this system stores: rewrites retained snapshots,
 * removes what was made of the former ones, deletes rows, online values, cached answers and checkpoints. Idempotent, and
 * can be repeated after an interruption at any point: what was not done yet is found again.
 * Runs that began before may hold the customer's rows and store them again, so none may be active, before and after.
 * @throws PipelineError `ERASURE_WAITS` (retryable) while one is; `SERVICE_UNAVAILABLE`; those of the blob store.
 */
export async function eraseCustomer(
  deps: ErasureDeps,
  { id, subject }: BegunErasure,
  request: ErasureRequest,
): Promise<Erasure> {
  await requireNoRun(deps);
  const erased = await eraseOnce(deps, request);
  await requireNoRun(deps);
  const { reason, source, requestedBy: actor } = request;
  await inTransaction(deps.pool, async (client) => {
    await completeErasure(client, id, erased.counts);
    const details = { ...erased.counts, ...(reason !== null && { reason }), source: source ?? 'all' };
    if (Object.keys(erased.counts).length > 0)
      await insertAudit(client, { actor, action: 'customer.forgotten', subject: `customer ${subject}`, details });
  });
  return erased;
}
