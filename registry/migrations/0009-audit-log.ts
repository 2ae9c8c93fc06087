import { type Kysely, type Migration, sql } from 'kysely';

/*
 * Who did what, append-only. Each row's hash covers the row and the hash of the row before, so that a row that was
 * changed, removed or put in between is found. The trigger computes it under a lock that is held until the transaction
 * ends: the order of the ids is the order of the commits. Fields are joined with their length in bytes before them, so
 * that no two rows give the same text.
 */
const statements = [
  `create table registry.audit_log (
     id bigint primary key,
     at timestamptz not null,
     actor text not null check (actor <> ''),
     action text not null check (action <> ''),
     subject text not null check (subject <> ''),
     details text not null check (jsonb_typeof(details::jsonb) = 'object'),
     previous_hash registry.content_hash not null,
     hash registry.content_hash not null
   )`,
  `comment on table registry.audit_log is
     'Promotions, approvals, overrides, rollbacks, changes of keys and readings of predictions. Append-only; ml audit verify.'`,
  `create index audit_log_by_subject on registry.audit_log (subject, id)`,
  `create function registry.audit_field(value text) returns text language sql immutable as $$
     select octet_length(convert_to(value, 'UTF8')) || ':' || value
   $$`,
  `create function registry.chain_audit() returns trigger language plpgsql as $$
   declare
     newest record;
   begin
     perform pg_advisory_xact_lock(hashtext('registry.audit_log'));
     select id, hash into newest from registry.audit_log order by id desc limit 1;
     new.id := coalesce(newest.id, 0) + 1;
     new.at := clock_timestamp();
     new.previous_hash := coalesce(newest.hash, repeat('0', 64));
     new.hash := encode(sha256(convert_to(concat(
       registry.audit_field(new.id::text),
       registry.audit_field((extract(epoch from new.at) * 1000000)::bigint::text),
       registry.audit_field(new.actor), registry.audit_field(new.action), registry.audit_field(new.subject),
       registry.audit_field(new.details), registry.audit_field(new.previous_hash)
     ), 'UTF8')), 'hex');
     return new;
   end $$`,
  `create trigger chain before insert on registry.audit_log for each row execute function registry.chain_audit()`,
  `create trigger append_only before update or delete or truncate on registry.audit_log
     for each statement execute function registry.refuse_change()`,
];

export const auditLog: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
};
