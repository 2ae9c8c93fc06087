import { sql } from 'kysely';
import type pg from 'pg';
import { createKysely } from '../../platform/postgres/pool.js';
import type { RegistryDatabase, RegistryTables } from '../tables.js';
import { withDatabaseFaults } from '../../platform/postgres/with-database-faults.js';
import { appendAudit, type AuditAction, type AuditEntry } from './append.js';
import { type AuditReport, type ChainHead, ChainVerifier, type ChainedRow } from './chain.js';

/** A recorded entry. */
export interface AuditRecord extends Required<Omit<AuditEntry, 'details'>> {
  /** Ascending without gaps. */
  readonly id: number;
  readonly at: Date;
  readonly details: NonNullable<AuditEntry['details']>;
  readonly hash: string;
}

export interface AuditFilter {
  readonly action?: AuditAction | undefined;
  readonly subject?: string | undefined;
  readonly limit: number;
}

/** The chained log of schema `registry`. */
export interface AuditLog {
  /**
   * Runs a deed in the transaction of its entry: when the deed fails there is no entry, and the deed must be undone when
   * this rejects after it.
   */
  record<Result>(deed: (append: (entry: AuditEntry) => Promise<void>) => Promise<Result>): Promise<Result>;
  /** Newest first. */
  list(filter: AuditFilter): Promise<readonly AuditRecord[]>;
  /** Recomputes the whole chain. @param head - an entry noted earlier, which must still be there. */
  verify(head?: ChainHead): Promise<AuditReport>;
}

const PAGE_ROWS = 1_000;

/** @param pool - of the registry's database. Methods throw `SERVICE_UNAVAILABLE` when PostgreSQL is away. */
export function createAuditLog(pool: pg.Pool): AuditLog {
  const database = createKysely<RegistryTables>(pool).withSchema('registry');
  return withDatabaseFaults<AuditLog>({
    record: (deed) => database.transaction().execute((transaction) => deed((entry) => appendAudit(transaction, entry))),
    list: (filter) => list(database, filter),
    verify: (head) => verify(database, head),
  });
}

async function list(database: RegistryDatabase, { action, subject, limit }: AuditFilter): Promise<AuditRecord[]> {
  let query = database.selectFrom('audit_log').selectAll().orderBy('id', 'desc').limit(limit);
  if (action !== undefined) query = query.where('action', '=', action);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  return (await query.execute()).map(({ id, at, actor, subject: to, details, hash, action: done }) => ({
    ...{ id: Number(id), at, actor, subject: to, hash, action: done as AuditAction },
    details: JSON.parse(details) as AuditRecord['details'],
  }));
}

/** One repeatable read, so that entries that are written meanwhile do not matter. */
async function verify(database: RegistryDatabase, head?: ChainHead): Promise<AuditReport> {
  return database
    .transaction()
    .setIsolationLevel('repeatable read')
    .execute(async (transaction) => {
      const verifier = new ChainVerifier(head);
      for (let after = '0'; ;) {
        const rows = await readPage(transaction, after);
        for (const row of rows) verifier.add(row);
        if (rows.length < PAGE_ROWS) return verifier.report();
        after = rows.at(-1)!.id;
      }
    });
}

const readPage = (database: RegistryDatabase, after: string): Promise<ChainedRow[]> =>
  database
    .selectFrom('audit_log')
    .select(['id', 'actor', 'action', 'subject', 'details', 'previous_hash as previousHash', 'hash'])
    .select(sql<string>`(extract(epoch from at) * 1000000)::bigint::text`.as('microseconds'))
    .where('id', '>', after)
    .orderBy('id')
    .limit(PAGE_ROWS)
    .execute();
