import { type Kysely, type Migration, sql } from 'kysely';
import type { OwnedSchema } from '../../platform/postgres/schemas.js';

/*
 * Rows that validation left out, by table and key of the source: reason and rule, never a value. The rows themselves are
 * in Parquet blobs, which the manifest of the snapshot names.
 */
const createRows: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table quarantine.rows (
           id bigint generated always as identity primary key,
           source text not null,
           "table" text not null,
           key text not null,
           keyed boolean not null,
           rule text not null,
           "column" text not null,
           reason text not null,
           status text not null default 'quarantined' check (status in ('quarantined', 'released', 'dropped')),
           snapshot_hash text not null check (snapshot_hash ~ '^[0-9a-f]{64}$'),
           found_at timestamptz not null default now(),
           decided_at timestamptz,
           decided_by text,
           check ((status = 'quarantined') = (decided_at is null)),
           unique (source, "table", key, rule, "column")
         );
         comment on column quarantine.rows.keyed is 'False: the row has no key, and key is its place in the snapshot.';
         comment on column quarantine.rows.snapshot_hash is 'The accepted snapshot that the row was last left out of.';
         create index on quarantine.rows (source, status, id);`,
      )
      .execute(database);
  },
};

/** Schema `quarantine`, in order; never edited after release. */
export const quarantineSchema: OwnedSchema = { schema: 'quarantine', migrations: { '0001-rows': createRows } };
