import { type Kysely, type Migration, sql } from 'kysely';

/**
 * The reason that a person states for a change; the hashes of a run that was rejected, so that its registration can be
 * repeated; and the registrations that a person ordered against the gates.
 */
export const statedReasons: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `alter table registry.runs
           add column stated_reason text check (stated_reason <> ''),
           add column signature_hash registry.content_hash,
           add column definition_hash registry.content_hash;
         create table registry.overrides (
           run_key text not null, model_name text not null,
           line text not null,
           version text not null,
           actor text not null check (actor <> ''),
           reason text not null check (reason <> ''),
           reasons jsonb not null check (jsonb_typeof(reasons) = 'array'),
           at timestamptz not null default clock_timestamp(),
           primary key (run_key, model_name),
           unique (model_name, line, version),
           foreign key (run_key, model_name) references registry.runs (run_key, model_name),
           foreign key (model_name, line, version) references registry.versions (model_name, line, version)
         );
         comment on table registry.overrides is
           'Versions of runs that their gates rejected, registered by a person. They never go to production. Append-only.';
         create trigger append_only before update or delete or truncate on registry.overrides
           for each statement execute function registry.refuse_change();`,
      )
      .execute(database);
  },
};
