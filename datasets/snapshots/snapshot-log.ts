import { type Generated, type Kysely, type Migration, sql } from 'kysely';
import type pg from 'pg';
import { PipelineError } from '../../contracts/errors.js';
import { createKysely } from '../../platform/postgres/pool.js';
import { migrateSchemas, type OwnedSchema } from '../../platform/postgres/schemas.js';

/** One recorded snapshot. */
export interface SnapshotRecord {
  readonly runKey: string;
  readonly hash: string;
  readonly source: string;
  /** Milliseconds since the epoch: rows known at or after this time are not included. */
  readonly asOf: number;
  /** Number of rows by table. */
  readonly rows: Readonly<Record<string, number>>;
  readonly recordedAt: Date;
  /** Found incomplete by a repair: it is listed, and never the latest of its source. */
  readonly lost: boolean;
  /** When the retention removed it: it is listed, and never the latest of its source. Null = it is kept. */
  readonly removedAt: Date | null;
}

/** What a run records of its snapshot. */
export type SnapshotEntry = Omit<SnapshotRecord, 'recordedAt' | 'lost' | 'removedAt'>;

/** A snapshot, or something made of it, that is no longer stored since it held a customer who was forgotten. */
export interface ErasedBlob {
  readonly hash: string;
  readonly kind: 'snapshot' | 'dataset' | 'feature-set' | 'state-set';
  /** The snapshot without the customer; null: there is none. */
  readonly replacedBy: string | null;
  readonly erasedAt: Date;
}

/** The list of all snapshots in order of recording, in PostgreSQL schema `catalog_snapshots`; their content is in blobs. */
export interface SnapshotLog {
  migrate(): Promise<void>;
  /** Appends a record unless the run key has one already that is neither lost nor removed. @returns the key's record. */
  record(entry: SnapshotEntry): Promise<SnapshotRecord>;
  find(runKey: string, source: string): Promise<SnapshotRecord | null>;
  /** Marks every record of a snapshot as lost, or as found again. */
  setLost(hash: string, lost: boolean): Promise<void>;
  /** Marks every record of a snapshot as removed by the retention. */
  setRemoved(hash: string): Promise<void>;
  /** The newest record of each snapshot that is neither lost nor removed, newest first. */
  allHashes(): Promise<SnapshotRecord[]>;
  /** The last record of a source that is neither lost nor removed. */
  latest(source: string): Promise<SnapshotRecord | null>;
  /** The record of a source with the latest moment that is neither lost nor removed; a snapshot of a past week is not it. */
  newest(source: string): Promise<SnapshotRecord | null>;
  /** The newest record of each snapshot whose hash begins so, newest first. @param prefix - lower-case hex digits. */
  withPrefix(prefix: string, limit: number): Promise<SnapshotRecord[]>;
  /** Blobs that were erased and whose hashes begin so. @param prefix - lower-case hex digits. */
  erased(prefix: string, limit: number): Promise<ErasedBlob[]>;
  /** Records, newest first. */
  list(filter?: { readonly source?: string; readonly limit?: number }): Promise<SnapshotRecord[]>;
}

/** The newest snapshot of a source. @throws PipelineError `DATASET_NOT_FOUND` when there is none. */
export async function requireLatestSnapshot(log: Pick<SnapshotLog, 'newest'>, source: string): Promise<SnapshotRecord> {
  const newest = await log.newest(source);
  if (newest !== null) return newest;
  const message = `the source ${source} has no snapshot yet; \`ml train all\` takes one`;
  throw new PipelineError('DATASET_NOT_FOUND', message, { source });
}

interface Database {
  'catalog_snapshots.erased': {
    hash: string;
    kind: ErasedBlob['kind'];
    replaced_by: string | null;
    erased_at: Generated<Date>;
  };
  'catalog_snapshots.snapshots': {
    sequence: Generated<string>;
    run_key: string;
    source: string;
    hash: string;
    as_of: string;
    rows: string;
    recorded_at: Generated<Date>;
    lost: Generated<boolean>;
    removed_at: Generated<Date | null>;
  };
}

const migrations: Readonly<Record<string, Migration>> = {
  '0001-snapshots': {
    up: async (database) => {
      await sql`create table catalog_snapshots.snapshots (
        sequence bigint generated always as identity primary key,
        run_key text not null,
        source text not null,
        hash text not null check (hash ~ '^[0-9a-f]{64}$'),
        as_of bigint not null,
        rows jsonb not null,
        recorded_at timestamptz not null default now(),
        unique (run_key, source)
      )`.execute(database);
      await sql`create index on catalog_snapshots.snapshots (source, sequence desc)`.execute(database);
    },
  },
  '0002-lost-snapshots': {
    up: async (database) => {
      await sql`alter table catalog_snapshots.snapshots add column lost boolean not null default false`.execute(
        database,
      );
    },
  },
  '0003-removed-snapshots': {
    up: async (database) => {
      await sql`alter table catalog_snapshots.snapshots add column removed_at timestamptz`.execute(database);
      await sql`create index on catalog_snapshots.snapshots (hash text_pattern_ops)`.execute(database);
    },
  },
  '0004-erased-blobs': {
    up: async (database) => {
      await sql`create table catalog_snapshots.erased (
        hash text collate "C" primary key check (hash ~ '^[0-9a-f]{64}$'),
        kind text not null,
        replaced_by text check (replaced_by ~ '^[0-9a-f]{64}$'),
        erased_at timestamptz not null default now()
      )`.execute(database);
    },
  },
};

interface Row {
  run_key: string;
  source: string;
  hash: string;
  as_of: string;
  rows: unknown;
  recorded_at: Date;
  lost: boolean;
  removed_at: Date | null;
}

const toRecord = (row: Row): SnapshotRecord => ({
  runKey: row.run_key,
  hash: row.hash,
  source: row.source,
  asOf: Number(row.as_of),
  rows: row.rows as Record<string, number>,
  recordedAt: row.recorded_at,
  lost: row.lost,
  removedAt: row.removed_at,
});

/** Schema `catalog_snapshots`. */
export const snapshotSchema: OwnedSchema = { schema: 'catalog_snapshots', migrations };

type SnapshotQueries = Pick<SnapshotLog, 'find' | 'allHashes' | 'latest' | 'newest' | 'withPrefix' | 'erased' | 'list'>;

function snapshotQueries(database: Kysely<Database>): SnapshotQueries {
  const all = database.selectFrom('catalog_snapshots.snapshots').selectAll();
  const intact = all.where('lost', '=', false).where('removed_at', 'is', null);
  /** The newest record of each hash, newest first. */
  const eachHash = (records: typeof all) =>
    database
      .selectFrom(records.distinctOn('hash').orderBy('hash').orderBy('sequence', 'desc').as('newest'))
      .selectAll()
      .orderBy('sequence', 'desc');
  return {
    async find(runKey, source) {
      return firstOf(await all.where('run_key', '=', runKey).where('source', '=', source).execute());
    },
    async allHashes() {
      return (await eachHash(intact).execute()).map(toRecord);
    },
    async latest(source) {
      return firstOf(await intact.where('source', '=', source).orderBy('sequence', 'desc').limit(1).execute());
    },
    async newest(source) {
      const ofSource = intact.where('source', '=', source).orderBy('as_of', 'desc');
      return firstOf(await ofSource.orderBy('sequence', 'desc').limit(1).execute());
    },
    async withPrefix(prefix, limit) {
      return (
        await eachHash(all.where('hash', 'like', `${prefix}%`))
          .limit(limit)
          .execute()
      ).map(toRecord);
    },
    async erased(prefix, limit) {
      const found = database.selectFrom('catalog_snapshots.erased').selectAll().where('hash', 'like', `${prefix}%`);
      const rows = await found.orderBy('hash').limit(limit).execute();
      return rows.map(({ hash, kind, replaced_by, erased_at }) => {
        return { hash, kind, replacedBy: replaced_by, erasedAt: erased_at };
      });
    },
    async list({ source, limit = 50 } = {}) {
      const query = source === undefined ? all : all.where('source', '=', source);
      return (await query.orderBy('sequence', 'desc').limit(limit).execute()).map(toRecord);
    },
  };
}

const firstOf = ([row]: readonly Row[]): SnapshotRecord | null => (row === undefined ? null : toRecord(row));

/** The snapshot log in a database. Call `migrate` once at start-up; several processes may do so at once. */
export function createSnapshotLog(pool: pg.Pool): SnapshotLog {
  const database = createKysely<Database>(pool);
  const queries = snapshotQueries(database);
  return {
    async migrate() {
      await migrateSchemas(pool, [snapshotSchema]);
    },
    ...queries,
    async record({ runKey, hash, source, asOf, rows }) {
      await database
        .insertInto('catalog_snapshots.snapshots')
        .values({ run_key: runKey, hash, source, as_of: String(asOf), rows: JSON.stringify(rows) })
        .onConflict((conflict) =>
          conflict
            .columns(['run_key', 'source'])
            .doUpdateSet({ hash, as_of: String(asOf), rows: JSON.stringify(rows), lost: false, removed_at: null })
            .where((each) =>
              each.or([
                each('catalog_snapshots.snapshots.lost', '=', true),
                each('catalog_snapshots.snapshots.removed_at', 'is not', null),
              ]),
            ),
        )
        .execute();
      return (await queries.find(runKey, source))!;
    },
    async setLost(hash, lost) {
      await database.updateTable('catalog_snapshots.snapshots').set({ lost }).where('hash', '=', hash).execute();
    },
    async setRemoved(hash) {
      const removal = { removed_at: sql<Date>`coalesce(removed_at, now())` };
      await database.updateTable('catalog_snapshots.snapshots').set(removal).where('hash', '=', hash).execute();
    },
  };
}
