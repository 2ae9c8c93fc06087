import { type Kysely, type Migration, sql } from 'kysely';

/*
 * The registry's tables, written to be read by a person in psql: full names, text keys, one fact a row. What must never
 * be violated is a constraint here and not a habit of the code above.
 */

const names = `
create domain registry.content_hash as text check (value ~ '^[0-9a-f]{64}$');
create domain registry.finite_number as double precision
  check (value > '-infinity'::double precision and value < 'infinity'::double precision);
create domain registry.stage as text check (value in ('dev', 'staging', 'production', 'archived'));
create domain registry.semantic_version as text check (value ~ '^(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)$');
create domain registry.decision as text check (value in ('registered', 'rejected', 'unchanged'));`;

const linesAndDatasets = `
create table registry.models (
  name text primary key check (name ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'),
  created_at timestamptz not null default clock_timestamp()
);
create table registry.experiments (
  name text primary key,
  model_name text not null references registry.models (name),
  line text not null check (line ~ '^[a-z][a-z0-9-]*$'),
  created_at timestamptz not null default clock_timestamp(),
  unique (model_name, line)
);
comment on table registry.experiments is 'Comparable runs: one experiment a model line, named model/line.';

create table registry.lines (
  model_name text not null references registry.models (name),
  line text not null check (line ~ '^[a-z][a-z0-9-]*$'),
  holdout jsonb not null check (holdout ->> 'kind' in ('group', 'time')),
  created_at timestamptz not null default clock_timestamp(),
  primary key (model_name, line)
);
comment on table registry.lines is 'A model with one dataset schema. Its row is the lock for everything that changes the line.';
create table registry.holdout_changes (
  id bigint generated always as identity primary key,
  model_name text not null,
  line text not null,
  holdout jsonb not null,
  actor text not null check (actor <> ''),
  at timestamptz not null default clock_timestamp(),
  foreign key (model_name, line) references registry.lines (model_name, line)
);
comment on table registry.holdout_changes is 'Every frozen holdout that a line has had, the first one included. Append-only.';

create table registry.datasets (
  hash registry.content_hash not null,
  model_name text not null references registry.models (name),
  line text not null,
  rows bigint not null check (rows >= 0),
  origin jsonb not null check (origin ->> 'kind' in ('snapshot', 'file')),
  notes jsonb not null default '[]' check (jsonb_typeof(notes) = 'array'),
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (hash, model_name, line)
);
create index datasets_by_snapshot on registry.datasets ((origin ->> 'snapshotHash'));`;

const runs = `
create table registry.runs (
  run_key text not null check (run_key <> ''),
  model_name text not null references registry.models (name),
  line text not null,
  workflow_id text not null check (workflow_id <> ''),
  status text not null default 'running'
    check (status in ('running', 'registered', 'rejected', 'unchanged', 'skipped', 'failed', 'cancelled')),
  seed bigint not null,
  code_version text not null,
  dataset_hash registry.content_hash,
  artefact_hash registry.content_hash,
  reasons jsonb not null default '[]' check (jsonb_typeof(reasons) = 'array'),
  started_at timestamptz not null default clock_timestamp(),
  ended_at timestamptz,
  primary key (run_key, model_name),
  foreign key (model_name, line) references registry.experiments (model_name, line),
  foreign key (dataset_hash, model_name, line) references registry.datasets (hash, model_name, line),
  check ((status = 'running') = (ended_at is null))
);
create index runs_by_model on registry.runs (model_name, started_at desc);
create index runs_by_start on registry.runs (started_at desc);
create index runs_by_workflow on registry.runs (workflow_id text_pattern_ops);

create table registry.run_params (
  run_key text not null, model_name text not null,
  name text not null,
  value jsonb not null,
  primary key (run_key, model_name, name),
  foreign key (run_key, model_name) references registry.runs (run_key, model_name)
);
create table registry.run_metrics (
  run_key text not null, model_name text not null,
  position integer not null,
  name text not null,
  value registry.finite_number not null,
  direction text not null check (direction in ('higher', 'lower')),
  n bigint not null check (n >= 0),
  interval_low registry.finite_number,
  interval_high registry.finite_number,
  interval_level registry.finite_number check (interval_level > 0 and interval_level < 1),
  interval_method text,
  primary key (run_key, model_name, name),
  foreign key (run_key, model_name) references registry.runs (run_key, model_name),
  check (num_nulls(interval_low, interval_high, interval_level, interval_method) in (0, 4)),
  check (interval_low <= interval_high)
);
create index run_metrics_by_name on registry.run_metrics (model_name, name, value);
create table registry.run_comparisons (
  run_key text not null, model_name text not null,
  against text not null check (against in ('baseline', 'champion')),
  metric text not null,
  challenger registry.finite_number not null,
  other registry.finite_number not null,
  difference registry.finite_number not null,
  interval_low registry.finite_number not null,
  interval_high registry.finite_number not null,
  interval_level registry.finite_number not null check (interval_level > 0 and interval_level < 1),
  interval_method text not null,
  n bigint not null check (n >= 0),
  primary key (run_key, model_name, against),
  foreign key (run_key, model_name) references registry.runs (run_key, model_name)
);
create table registry.run_gates (
  run_key text not null, model_name text not null,
  position integer not null,
  gate text not null,
  passed boolean not null,
  finding text not null,
  primary key (run_key, model_name, position),
  foreign key (run_key, model_name) references registry.runs (run_key, model_name)
);
create table registry.run_artefacts (
  run_key text not null, model_name text not null,
  role text not null check (role <> ''),
  hash registry.content_hash not null,
  bytes bigint not null check (bytes >= 0),
  recorded_at timestamptz not null default clock_timestamp(),
  primary key (run_key, model_name, role),
  foreign key (run_key, model_name) references registry.runs (run_key, model_name)
);
create index run_artefacts_by_hash on registry.run_artefacts (hash);`;

const versions = `
create table registry.versions (
  model_name text not null,
  line text not null,
  version registry.semantic_version not null,
  major integer not null generated always as (split_part(version, '.', 1)::integer) stored,
  minor integer not null generated always as (split_part(version, '.', 2)::integer) stored,
  patch integer not null generated always as (split_part(version, '.', 3)::integer) stored,
  artefact_hash registry.content_hash not null,
  signature_hash registry.content_hash not null,
  definition_hash registry.content_hash not null,
  evaluation_hash registry.content_hash not null,
  card_hash registry.content_hash,
  dataset_hash registry.content_hash not null,
  run_key text not null,
  registered_at timestamptz not null default clock_timestamp(),
  primary key (model_name, line, version),
  unique (model_name, line, artefact_hash),
  unique (run_key, model_name),
  foreign key (model_name, line) references registry.lines (model_name, line),
  foreign key (run_key, model_name) references registry.runs (run_key, model_name),
  foreign key (dataset_hash, model_name, line) references registry.datasets (hash, model_name, line)
);
create index versions_newest_first on registry.versions (model_name, line, major desc, minor desc, patch desc);

create table registry.registrations (
  run_key text not null, model_name text not null,
  decision registry.decision not null,
  version registry.semantic_version,
  reasons jsonb not null,
  at timestamptz not null default clock_timestamp(),
  primary key (run_key, model_name),
  foreign key (run_key, model_name) references registry.runs (run_key, model_name),
  check ((version is null) = (decision = 'rejected'))
);
comment on table registry.registrations is 'What became of each run: a repeated registration reads its answer here. Append-only.';

create table registry.version_stages (
  model_name text not null,
  line text not null,
  version text not null,
  stage registry.stage not null,
  since timestamptz not null default clock_timestamp(),
  primary key (model_name, line, version),
  foreign key (model_name, line, version) references registry.versions (model_name, line, version),
  check (line = 'default' or stage = 'dev')
);
create unique index one_production_version on registry.version_stages (model_name, line) where stage = 'production';
create unique index one_staging_version on registry.version_stages (model_name, line) where stage = 'staging';
create index version_stages_by_stage on registry.version_stages (stage);`;

const governance = `
create table registry.stage_transitions (
  id bigint generated always as identity primary key,
  model_name text not null,
  line text not null,
  version text not null,
  from_stage registry.stage,
  to_stage registry.stage not null,
  kind text not null check (kind in ('registration', 'promotion', 'displacement', 'rollback')),
  caused_by bigint references registry.stage_transitions (id),
  actor text not null check (actor <> ''),
  reason text not null check (reason <> ''),
  idempotency_key text check (idempotency_key <> ''),
  at timestamptz not null default clock_timestamp(),
  unique (model_name, line, idempotency_key),
  foreign key (model_name, line, version) references registry.versions (model_name, line, version),
  check ((from_stage is null) = (kind = 'registration')),
  check (from_stage is distinct from to_stage),
  check ((caused_by is not null) = (kind = 'displacement')),
  check ((idempotency_key is null) = (kind = 'displacement'))
);
comment on table registry.stage_transitions is
  'Who moved which version where, and why. Append-only. A displacement is the move of a version that another one replaced (caused_by).';
create index stage_transitions_of_line on registry.stage_transitions (model_name, line, id);
create unique index one_registration on registry.stage_transitions (model_name, line, version) where kind = 'registration';

create table registry.promotion_requests (
  request_id text primary key check (request_id <> ''),
  model_name text not null,
  line text not null,
  version text not null,
  to_stage registry.stage not null,
  status text not null default 'open'
    check (status in ('open', 'approved', 'rejected', 'superseded', 'expired', 'failed')),
  requested_by text not null check (requested_by <> ''),
  decided_by text check (decided_by <> ''),
  reason text check (reason <> ''),
  workflow_id text not null check (workflow_id <> ''),
  superseded_by text references registry.promotion_requests (request_id) deferrable initially deferred,
  opened_at timestamptz not null default clock_timestamp(),
  decided_at timestamptz,
  foreign key (model_name, line, version) references registry.versions (model_name, line, version),
  check ((status = 'open') = (decided_at is null)),
  check (num_nulls(decided_by, reason, decided_at) in (0, 3))
);
create unique index one_open_request on registry.promotion_requests (model_name, line, to_stage) where status = 'open';
create index promotion_requests_by_model on registry.promotion_requests (model_name, opened_at desc);`;

const guards = `
create function registry.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'registry.% is append-only: % refused', tg_table_name, tg_op using errcode = 'integrity_constraint_violation';
end $$;
create trigger append_only before update or delete or truncate on registry.stage_transitions
  for each statement execute function registry.refuse_change();
create trigger append_only before update or delete or truncate on registry.registrations
  for each statement execute function registry.refuse_change();
create trigger append_only before update or delete or truncate on registry.holdout_changes
  for each statement execute function registry.refuse_change();
create trigger never_removed before delete or truncate on registry.versions
  for each statement execute function registry.refuse_change();

create function registry.refuse_version_change() returns trigger language plpgsql as $$
begin
  -- generated columns are computed after this trigger; they follow from the version
  if (to_jsonb(new) - array['card_hash', 'major', 'minor', 'patch'])
     is distinct from (to_jsonb(old) - array['card_hash', 'major', 'minor', 'patch']) then
    raise exception 'version % of % is immutable', old.version, old.model_name using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger immutable before update on registry.versions
  for each row execute function registry.refuse_version_change();`;

const overview = `
create view registry.version_overview as
select v.model_name, v.line, v.version, s.stage, s.since,
       m.name as metric, m.value, m.interval_low, m.interval_high, m.n,
       d.rows as dataset_rows, d.origin, r.workflow_id, v.registered_at, v.artefact_hash
from registry.versions v
join registry.version_stages s using (model_name, line, version)
join registry.runs r using (run_key, model_name)
join registry.datasets d on (d.hash, d.model_name, d.line) = (v.dataset_hash, v.model_name, v.line)
left join registry.run_metrics m on (m.run_key, m.model_name, m.position) = (v.run_key, v.model_name, 0)
order by v.model_name, v.line, v.major desc, v.minor desc, v.patch desc;
comment on view registry.version_overview is 'For people: each version with its stage and its primary metric.';`;

export const registryCore: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const part of [names, linesAndDatasets, runs, versions, governance, guards, overview])
      await sql.raw(part).execute(database);
  },
};
