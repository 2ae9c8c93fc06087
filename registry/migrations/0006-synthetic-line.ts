import { type Kysely, type Migration, sql } from 'kysely';

/*
 * Generated rows get the line `synthetic`; until now they shared `default` with the user's own backend. What was trained
 * on them moves there with its history: which rows those are is told by the origin of their data set.
 */

const lineChanges = `
create table registry.line_changes (
  id bigint generated always as identity primary key,
  model_name text not null references registry.models (name),
  from_line text not null,
  to_line text not null,
  versions integer not null check (versions >= 0),
  runs integer not null check (runs >= 0),
  reason text not null check (reason <> ''),
  at timestamptz not null default clock_timestamp()
);
comment on table registry.line_changes is 'Versions and runs that a migration moved to another line. Append-only.';
create trigger append_only before update or delete or truncate on registry.line_changes
  for each statement execute function registry.refuse_change();`;

/** Other lines than a backend's stay in dev, from where a version can be archived. */
const stagesOfLines = `
alter table registry.version_stages drop constraint version_stages_check;
alter table registry.version_stages add constraint version_stages_check
  check (line in ('default', 'synthetic') or stage in ('dev', 'archived'));
alter table registry.stage_transitions add column demo boolean not null default false;
comment on column registry.stage_transitions.demo is 'True for a version of synthetic data that reached production.';`;

/** Not deferrable again at the end of the migration. */
const foreignKeys = (state: string, deferrable: boolean): string => `
do $$
declare reference record;
begin
  for reference in
    select conrelid::regclass as referencing, conname as name from pg_constraint
    where contype = 'f' and connamespace = 'registry'::regnamespace and conname <> 'promotion_requests_superseded_by_fkey'
      and condeferrable = ${String(deferrable)}
  loop
    execute format('alter table %s alter constraint %I ${state}', reference.referencing, reference.name);
  end loop;
end $$;`;

const triggers = (state: 'disable' | 'enable'): string => `
alter table registry.versions ${state} trigger immutable;
alter table registry.stage_transitions ${state} trigger append_only;
alter table registry.holdout_changes ${state} trigger append_only;
alter table registry.overrides ${state} trigger append_only;`;

const moveGenerated = `
do $$
declare
  reason constant text := 'moved from the line "default": rows of the generated backend have the line "synthetic"';
  model record;
  moved_runs integer;
  moved_versions integer;
begin
  for model in
    -- "whole": no data set of the line has another source, so that nothing stays behind
    select model_name as name, bool_and(origin ->> 'source' is not distinct from 'generated') as whole
    from registry.datasets where line = 'default' group by model_name
    having bool_or(origin ->> 'source' = 'generated')
  loop
    insert into registry.experiments (name, model_name, line)
      values (model.name || '/synthetic', model.name, 'synthetic');
    insert into registry.lines (model_name, line, holdout, created_at)
      select model_name, 'synthetic', holdout, created_at from registry.lines
      where model_name = model.name and line = 'default';
    update registry.datasets set line = 'synthetic', notes = notes || to_jsonb(reason)
      where model_name = model.name and line = 'default' and origin ->> 'source' = 'generated';

    update registry.runs set line = 'synthetic'
      where model_name = model.name and line = 'default'
        and (dataset_hash in (select hash from registry.datasets where model_name = model.name and line = 'synthetic')
             or (dataset_hash is null and model.whole));
    get diagnostics moved_runs = row_count;
    update registry.versions set line = 'synthetic'
      where model_name = model.name and line = 'default'
        and run_key in (select run_key from registry.runs where model_name = model.name and line = 'synthetic');
    get diagnostics moved_versions = row_count;
    update registry.version_stages set line = 'synthetic'
      where model_name = model.name and line = 'default'
        and version in (select version from registry.versions where model_name = model.name and line = 'synthetic');
    update registry.stage_transitions set line = 'synthetic', demo = to_stage = 'production'
      where model_name = model.name and line = 'default'
        and version in (select version from registry.versions where model_name = model.name and line = 'synthetic');
    update registry.overrides set line = 'synthetic'
      where model_name = model.name and line = 'default'
        and version in (select version from registry.versions where model_name = model.name and line = 'synthetic');
    update registry.promotion_requests set line = 'synthetic'
      where model_name = model.name and line = 'default'
        and version in (select version from registry.versions where model_name = model.name and line = 'synthetic');

    if model.whole then
      update registry.holdout_changes set line = 'synthetic' where model_name = model.name and line = 'default';
      delete from registry.lines where model_name = model.name and line = 'default';
      delete from registry.experiments where model_name = model.name and line = 'default';
    else
      insert into registry.holdout_changes (model_name, line, holdout, actor, at)
        select model_name, 'synthetic', holdout, actor, at from registry.holdout_changes
        where model_name = model.name and line = 'default' order by id;
    end if;
    insert into registry.line_changes (model_name, from_line, to_line, versions, runs, reason)
      values (model.name, 'default', 'synthetic', moved_versions, moved_runs, reason);
  end loop;
end $$;`;

const demoIsMarked = `
alter table registry.stage_transitions add constraint production_of_synthetic_is_a_demo
  check (demo = (line = 'synthetic' and to_stage = 'production'));`;

/** Moves what was trained on generated rows from `default` to `synthetic`. @param database - a transaction. */
export async function moveGeneratedRows(database: Kysely<unknown>): Promise<void> {
  const parts = [
    triggers('disable'),
    foreignKeys('deferrable initially deferred', false),
    moveGenerated,
    'set constraints all immediate',
    foreignKeys('not deferrable', true),
    triggers('enable'),
  ];
  for (const part of parts) await sql.raw(part).execute(database);
}

export const syntheticLine: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const part of [lineChanges, stagesOfLines]) await sql.raw(part).execute(database);
    await moveGeneratedRows(database);
    await sql.raw(demoIsMarked).execute(database);
  },
};
