import { type Kysely, type Migration, sql } from 'kysely';

/**
 * The computed steps of runs, from which later runs take results, start in the middle or compute once more; and which
 * run a run repeats. Runs of the data pipeline have steps and no row in `runs`.
 */
export const runSteps: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table registry.run_steps (
           run_key text not null,
           step text not null,
           part integer not null check (part >= 0),
           workflow_id text not null,
           model_name text,
           cache_key registry.content_hash not null,
           code registry.content_hash not null,
           input jsonb not null,
           output jsonb not null,
           environment jsonb not null,
           code_version text not null,
           computed_by text not null,
           computed_in text not null,
           recorded_at timestamptz not null default clock_timestamp(),
           primary key (run_key, step, part)
         );
         comment on table registry.run_steps is
           'Steps that compute, with input and result. computed_by and computed_in: run key and workflow of the run that computed the result; another than run_key where it was reused.';
         create index on registry.run_steps (cache_key, recorded_at desc);
         alter table registry.runs add column rerun_of text check (rerun_of <> ''), add column start_stage text;
         comment on column registry.runs.rerun_of is 'Workflow id of the run whose results took the place of the stages before start_stage.';`,
      )
      .execute(database);
  },
};
