import { type Kysely, type Migration, sql } from 'kysely';

/*
 * A version's reference is made once. A window of a line is decided about once, by its end: whoever comes second finds the
 * row. `finding` holds statistics and distributions, no row of a customer.
 */
const statements = [
  `create table monitoring.drift_references (
     model_name text not null,
     line text not null,
     version text not null,
     code text not null,
     rows integer not null,
     profile jsonb not null,
     made_at timestamptz not null default clock_timestamp(),
     primary key (model_name, line, version, code)
   )`,
  `create table monitoring.drift_decisions (
     model_name text not null,
     line text not null,
     window_end timestamptz not null,
     window_start timestamptz not null,
     version text not null,
     decision text not null
       check (decision in ('none', 'undecided', 'retrain', 'cool-down', 'alert', 'source-fault')),
     reasons jsonb not null,
     finding jsonb not null,
     retraining_id text,
     retraining_started_at timestamptz,
     decided_at timestamptz not null default clock_timestamp(),
     primary key (model_name, line, window_end),
     check (window_start < window_end),
     check ((decision = 'retrain') = (retraining_id is not null)),
     check (retraining_id is not null or retraining_started_at is null)
   )`,
  `create unique index drift_decisions_by_retraining on monitoring.drift_decisions (retraining_id)
     where retraining_id is not null`,
];

export const createDrift: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};
