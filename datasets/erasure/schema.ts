import { type Kysely, type Migration, sql } from 'kysely';
import type { OwnedSchema } from '../../platform/postgres/schemas.js';

/*
 * Customers who are to be forgotten, by keyed hash. The id itself is there, encrypted, until the erasure is complete, so
 * that one that was interrupted can go on without it being given again.
 */
const createRequests: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table erasure.requests (
           id bigint generated always as identity primary key,
           source text,
           subject_hash bytea not null,
           subject_key integer not null,
           slice integer not null,
           reason text,
           requested_by text not null,
           requested_at timestamptz not null default now(),
           sealed_id bytea,
           completed_at timestamptz,
           counts jsonb not null default '{}'
         );
         create unique index on erasure.requests (subject_hash, coalesce(source, ''));
         comment on column erasure.requests.source is 'Source of the rows; null: every source.';
         comment on column erasure.requests.subject_hash is 'HMAC-SHA256 of the customer''s id by the key subjects.';
         comment on column erasure.requests.slice is
           'Slice of the customer''s rows: extraction hashes the ids of these slices only.';
         comment on column erasure.requests.sealed_id is 'The id, encrypted by the key erasures; null: completed.';`,
      )
      .execute(database);
  },
};

/* Keys by which values of the online store are encrypted. Without its row a customer's values are unreadable. */
const createCustomerKeys: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await sql
      .raw(
        `create table erasure.customer_keys (
           source text not null,
           entity_id text not null,
           sealed_key bytea not null,
           primary key (source, entity_id)
         );
         comment on column erasure.customer_keys.sealed_key is
           'AES-256 key, encrypted by the key customers of the key ring.';`,
      )
      .execute(database);
  },
};

/** Schema `erasure`. */
export const erasureSchema: OwnedSchema = {
  schema: 'erasure',
  migrations: { '0001-requests': createRequests, '0002-customer-keys': createCustomerKeys },
};
