import { type Kysely, type Migration, sql } from 'kysely';

/*
 * Tags, notes, metrics by step, and indices by which 100,000 runs are searched. A metric may be NaN or infinite: a training
 * that diverged is found by it. Intervals stay finite.
 */
const statements = [
  `drop view registry.version_overview`,
  `alter table registry.run_metrics alter column value type double precision`,
  `create view registry.version_overview as
   select v.model_name, v.line, v.version, s.stage, s.since,
          m.name as metric, m.value, m.interval_low, m.interval_high, m.n,
          d.rows as dataset_rows, d.origin, r.workflow_id, v.registered_at, v.artefact_hash
   from registry.versions v
   join registry.version_stages s using (model_name, line, version)
   join registry.runs r using (run_key, model_name)
   join registry.datasets d on (d.hash, d.model_name, d.line) = (v.dataset_hash, v.model_name, v.line)
   left join registry.run_metrics m on (m.run_key, m.model_name, m.position) = (v.run_key, v.model_name, 0)
   order by v.model_name, v.line, v.major desc, v.minor desc, v.patch desc`,
  `comment on view registry.version_overview is 'For people: each version with its stage and its primary metric.'`,
  `create index run_metrics_by_value on registry.run_metrics (name, value, run_key, model_name)`,
  `create index runs_in_order on registry.runs (started_at, run_key, model_name)`,
  `create index run_params_by_value on registry.run_params (name, md5(value::text))`,
  `create table registry.run_tags (
     run_key text not null, model_name text not null,
     name text not null check (name <> '' and length(name) <= 100),
     value text not null check (length(value) <= 500),
     set_by text not null,
     set_at timestamptz not null default clock_timestamp(),
     primary key (run_key, model_name, name),
     foreign key (run_key, model_name) references registry.runs (run_key, model_name)
   )`,
  `comment on table registry.run_tags is 'What people call a run; ml runs tag.'`,
  `create index run_tags_by_value on registry.run_tags (name, value)`,
  `create table registry.run_notes (
     id bigint generated always as identity primary key,
     run_key text not null, model_name text not null,
     note text not null check (note <> '' and length(note) <= 10000),
     written_by text not null,
     written_at timestamptz not null default clock_timestamp(),
     foreign key (run_key, model_name) references registry.runs (run_key, model_name)
   )`,
  `comment on table registry.run_notes is 'What people found out about a run; ml runs note.'`,
  `create index run_notes_of_run on registry.run_notes (run_key, model_name, id)`,
  `create table registry.run_metric_steps (
     run_key text not null, model_name text not null,
     name text not null,
     step integer not null,
     value double precision not null,
     at timestamptz,
     primary key (run_key, model_name, name, step),
     foreign key (run_key, model_name) references registry.runs (run_key, model_name)
   )`,
  `comment on table registry.run_metric_steps is 'Metrics by step, such as the loss after each round of boosting.'`,
  `create index run_metric_steps_by_value on registry.run_metric_steps (name, value)`,
];

export const runSearch: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};
