import type pg from 'pg';
import { PipelineError } from '../../contracts/errors.js';
import { textColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { inTransaction } from '../../platform/postgres/transaction.js';
import { withDatabaseFaults } from '../../platform/postgres/with-database-faults.js';
import { loadSnapshot } from '../snapshots/load-snapshot.js';
import { readParquet } from '../snapshots/parquet-file.js';
import { NO_DECISIONS, type QuarantineDecisions, quarantineDecisions } from './decisions.js';

export const quarantineStatuses = ['quarantined', 'released', 'dropped'] as const;
export type QuarantineStatus = (typeof quarantineStatuses)[number];

/** A row that validation left out, for one of its faults. */
export interface QuarantinedRow {
  readonly id: number;
  readonly source: string;
  readonly table: string;
  /** Key in the source, or the place of a row that has none. */
  readonly key: string;
  readonly rule: string;
  /** '' where the fault is of no single column. */
  readonly column: string;
  readonly reason: string;
  readonly status: QuarantineStatus;
  /** The accepted snapshot that the row was last left out of. */
  readonly snapshotHash: string;
  readonly foundAt: Date;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
}

export interface QuarantineFilter {
  readonly source?: string | undefined;
  readonly table?: string | undefined;
  readonly rule?: string | undefined;
  readonly status?: QuarantineStatus | undefined;
  readonly limit: number;
}

/** The list of rows in quarantine, in PostgreSQL schema `quarantine`. */
export interface QuarantineLog {
  /** Records what an accepted snapshot leaves out. Idempotent; decisions stay. */
  record(blobs: BlobStore, snapshotHash: string): Promise<void>;
  /** Decisions about rows of a source, in a fixed order. */
  decisions(source: string): Promise<QuarantineDecisions>;
  /** Newest first. */
  list(filter: QuarantineFilter): Promise<QuarantinedRow[]>;
  /**
   * Releases or drops rows by their ids, all or none. @returns the rows as they are now.
   * @param inSame - runs in the same transaction, for the audit log.
   * @throws PipelineError `INVALID_INPUT` for an id that is none, and for the drop of a row without a key.
   */
  decide(
    decision: { readonly ids: readonly number[]; readonly status: 'released' | 'dropped'; readonly by: string },
    inSame: (client: pg.PoolClient, rows: readonly QuarantinedRow[]) => Promise<void>,
  ): Promise<QuarantinedRow[]>;
}

const COLUMNS =
  `id::float8 as id, source, "table", key, keyed, rule, "column", reason, status, snapshot_hash as "snapshotHash", ` +
  `found_at as "foundAt", decided_at as "decidedAt", decided_by as "decidedBy"`;

interface FoundRow extends QuarantinedRow {
  readonly keyed: boolean;
}

const withoutKeyed = (found: FoundRow): QuarantinedRow => {
  const row: Partial<FoundRow> & QuarantinedRow = { ...found };
  delete (row as { keyed?: boolean }).keyed;
  return row;
};

/** Faults in one statement. */
const FAULTS_AT_ONCE = 10_000;

const INSERT = `
  insert into quarantine.rows (source, "table", key, keyed, rule, "column", reason, snapshot_hash)
  select $1, t, k, keyed, r, c, reason, $2
    from unnest($3::text[], $4::text[], $5::boolean[], $6::text[], $7::text[], $8::text[]) as f (t, k, keyed, r, c, reason)
  on conflict (source, "table", key, rule, "column")
    do update set snapshot_hash = excluded.snapshot_hash, reason = excluded.reason, keyed = excluded.keyed`;

async function record(pool: pg.Pool, blobs: BlobStore, snapshotHash: string): Promise<void> {
  const { source, quarantine } = await loadSnapshot(blobs, snapshotHash);
  if (quarantine === undefined) return;
  const faults = await readParquet([await blobs.localPath(quarantine.faults)]);
  const columns = ['table', 'key', 'keyed', 'rule', 'column', 'reason'].map((name) => textColumn(faults, name));
  for (let from = 0; from < faults.rowCount; from += FAULTS_AT_ONCE) {
    const some = columns.map((values) => values.slice(from, from + FAULTS_AT_ONCE));
    await pool.query(INSERT, [source, snapshotHash, ...some]);
  }
}

async function decisionsOf(pool: pg.Pool, source: string): Promise<QuarantineDecisions> {
  const { rows } = await pool.query<{ table: string; key: string; rule: string; column: string; status: string }>(
    `select "table", key, rule, "column", status from quarantine.rows
      where source = $1 and status <> 'quarantined' order by "table", key, rule, "column"`,
    [source],
  );
  const released = rows.filter(({ status }) => status === 'released');
  const dropped = rows.filter(({ status }) => status === 'dropped');
  return quarantineDecisions.parse({
    ...NO_DECISIONS,
    released: released.map(({ table, key, rule, column }) => ({ table, key, rule, column })),
    dropped: dropped.map(({ table, key }) => ({ table, key })),
  });
}

async function list(pool: pg.Pool, filter: QuarantineFilter): Promise<QuarantinedRow[]> {
  const { source = null, table = null, rule = null, status = null, limit } = filter;
  const { rows } = await pool.query<FoundRow>(
    `select ${COLUMNS} from quarantine.rows
      where ($1::text is null or source = $1) and ($2::text is null or "table" = $2)
        and ($3::text is null or rule = $3) and ($4::text is null or status = $4)
      order by id desc limit $5`,
    [source, table, rule, status, limit],
  );
  return rows.map(withoutKeyed);
}

const decide: (pool: pg.Pool) => QuarantineLog['decide'] =
  (pool) =>
  ({ ids, status, by }, inSame) =>
    inTransaction(pool, async (client) => {
      const { rows } = await client.query<FoundRow>(
        `update quarantine.rows set status = $2, decided_at = now(), decided_by = $3 where id = any($1)
         returning ${COLUMNS}`,
        [ids, status, by],
      );
      const missing = ids.filter((id) => rows.every((row) => row.id !== id));
      if (missing.length > 0)
        throw new PipelineError(
          'INVALID_INPUT',
          `the quarantine has no row ${missing.join(', ')}; \`ml data quarantine list\` shows the ids`,
        );
      const unkeyed = rows.find(({ keyed }) => !keyed);
      if (unkeyed !== undefined)
        throw new PipelineError(
          'INVALID_INPUT',
          `row ${unkeyed.id} has no key in the source, by which a later run could find it; correct it in the source`,
        );
      const decided = rows.map(withoutKeyed).sort((a, b) => a.id - b.id);
      await inSame(client, decided);
      return decided;
    });

/** The quarantine in a database. @throws PipelineError `SERVICE_UNAVAILABLE` (retryable). */
export const createQuarantineLog = (pool: pg.Pool): QuarantineLog =>
  withDatabaseFaults<QuarantineLog>({
    record: (blobs, snapshotHash) => record(pool, blobs, snapshotHash),
    decisions: (source) => decisionsOf(pool, source),
    list: (filter) => list(pool, filter),
    decide: decide(pool),
  });
