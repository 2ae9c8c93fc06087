import { type Kysely, type Migration, sql } from 'kysely';

/** Tells processes that answer predictions that stages changed, so that they need not ask; they look for themselves. */
export const stageNotifications: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create function registry.notify_stage_change() returns trigger language plpgsql as $$
         begin
           perform pg_notify('registry_stages', '');
           return null;
         end $$;
         create trigger notify after insert on registry.stage_transitions
           for each statement execute function registry.notify_stage_change();`,
      )
      .execute(database);
  },
};
