import { type Kysely, type Migration, sql } from 'kysely';

/*
 * What is watched of feature views. A check of what the API read is one row and one row for each view; ids are hashes.
 * Statistics are those of the last materialisation of a day (UTC), so that their number is bounded by the days.
 */
const statements = [
  `create table monitoring.parity_checks (
     run_key text primary key,
     source text not null,
     status text not null check (status in ('sound', 'differs', 'undecided')),
     since timestamptz not null,
     until timestamptz not null,
     answers integer not null,
     not_compared jsonb not null,
     checked_at timestamptz not null default clock_timestamp()
   )`,
  `create index on monitoring.parity_checks (source, checked_at desc)`,
  `create table monitoring.parity_views (
     run_key text not null references monitoring.parity_checks on delete cascade,
     view text not null,
     version integer not null,
     compared integer not null,
     differing integer not null,
     worst double precision,
     columns text[] not null,
     findings jsonb not null,
     primary key (run_key, view, version)
   )`,
  `create table monitoring.feature_statistics (
     source text not null,
     view text not null,
     version integer not null,
     day date not null,
     event_time timestamptz not null,
     written_at timestamptz not null,
     entities integer not null,
     fields json not null,
     primary key (source, view, version, day)
   )`,
  `comment on column monitoring.feature_statistics.fields is
     'By field: missing, outOfRange, distinct, and a quantile sketch (logarithmic buckets); ml features status.'`,
];

export const createFeatureTables: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};
