import { type Kysely, type Migration, sql } from 'kysely';

/** Published definitions of feature views, what was materialised of them last, and values of past moments. */
export const publishedViews: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table registry.feature_views (
           name text not null,
           version integer not null check (version >= 1),
           definition_hash registry.content_hash not null,
           golden_hash registry.content_hash not null,
           code_version text not null,
           published_at timestamptz not null default clock_timestamp(),
           primary key (name, version)
         );
         comment on table registry.feature_views is
           'Versions of feature views that a pipeline has used, with the hashes of their definition and of the values of the golden customers; never changed.';
         create table registry.feature_materialisations (
           source text not null,
           view text not null,
           version integer not null check (version >= 1),
           snapshot_hash registry.content_hash not null,
           feature_set_hash registry.content_hash not null,
           event_time double precision not null,
           whole_event_time double precision not null,
           entities integer not null check (entities >= 0),
           computed integer not null check (computed >= 0),
           workflow_id text not null,
           recorded_at timestamptz not null default clock_timestamp(),
           primary key (source, view, version)
         );
         comment on table registry.feature_materialisations is
           'What was written online last of each view: up to which moment (event_time, in ms), when all entities were computed last (whole_event_time), and from which snapshot.';
         create table registry.feature_backfills (
           source text not null,
           view text not null,
           version integer not null check (version >= 1),
           event_time double precision not null,
           snapshot_hash registry.content_hash not null,
           feature_set_hash registry.content_hash not null,
           entities integer not null check (entities >= 0),
           workflow_id text not null,
           recorded_at timestamptz not null default clock_timestamp(),
           primary key (source, view, version, event_time)
         );
         comment on table registry.feature_backfills is 'Feature sets of past moments in the offline store.';`,
      )
      .execute(database);
  },
};
