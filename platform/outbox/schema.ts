import { type Kysely, type Migration, sql } from 'kysely';
import type { OwnedSchema } from '../postgres/schemas.js';

/*
 * Messages that are to leave this system. A row is written in the transaction of what it tells, once for each receiver,
 * and delivered afterwards: at least once, with an id by which a receiver sees repetitions.
 */
const createDeliveries: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table outbox.deliveries (
           id uuid primary key,
           message_id uuid not null,
           endpoint text not null,
           type text not null check (type <> ''),
           payload text not null check (jsonb_typeof(payload::jsonb) = 'object'),
           status text not null default 'waiting' check (status in ('waiting', 'delivered', 'dead')),
           attempts integer not null default 0,
           next_attempt_at timestamptz not null default clock_timestamp(),
           last_error text,
           created_at timestamptz not null default clock_timestamp(),
           ended_at timestamptz,
           unique (message_id, endpoint),
           check ((status = 'waiting') = (ended_at is null))
         );
         comment on column outbox.deliveries.endpoint is
           'Origin and a hash of the address, which may hold a secret and stays in the settings.';
         create index deliveries_waiting on outbox.deliveries (next_attempt_at) where status = 'waiting';`,
      )
      .execute(database);
  },
};

/** Schema `outbox`. */
export const outboxSchema: OwnedSchema = { schema: 'outbox', migrations: { '0001-deliveries': createDeliveries } };
