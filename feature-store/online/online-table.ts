import { type Migration, sql } from 'kysely';
import type pg from 'pg';
import { messageOf } from '../../contracts/errors.js';
import { serviceUnavailable } from '../../platform/outage.js';
import { migrateSchema } from '../../platform/postgres/migrate.js';
import { createKysely } from '../../platform/postgres/pool.js';
import type { OnlineValue } from './online-store.js';
import { packValue, unpackValue } from './packed-value.js';

/** Persistent rows of the in-process store. */
export interface OnlineTable {
  put(
    source: string,
    view: string,
    written: { readonly entries: ReadonlyMap<string, OnlineValue>; readonly expiresAt: number },
  ): Promise<void>;
  get(
    source: string,
    view: string,
    entityIds: readonly string[],
  ): Promise<Map<string, { readonly value: OnlineValue; readonly expiresAt: number }>>;
  ping(): Promise<void>;
}

const migrations: Readonly<Record<string, Migration>> = {
  '0001-feature-values': {
    up: async (database) => {
      await sql`create table online.feature_values (
        source text not null,
        view text not null,
        entity_id text not null,
        event_time double precision not null,
        expires_at double precision not null,
        packed bytea not null,
        primary key (source, view, entity_id)
      )`.execute(database);
    },
  },
};

/** An expired row counts as absent, so that a value with an earlier event time replaces it, as in Redis. */
const putSql = `
insert into online.feature_values as present (source, view, entity_id, event_time, expires_at, packed)
select $1, $2, entry.entity_id, entry.event_time, $3, entry.packed
from unnest($4::text[], $5::double precision[], $6::bytea[]) as entry (entity_id, event_time, packed)
on conflict (source, view, entity_id) do update
set event_time = excluded.event_time, expires_at = excluded.expires_at, packed = excluded.packed
where present.event_time <= excluded.event_time or present.expires_at <= $7`;

const getSql = `
select entity_id, expires_at, packed from online.feature_values
where source = $1 and view = $2 and entity_id = any($3::text[]) and expires_at > $4`;

/** Runs calls after the schema has been migrated; any fault becomes `SERVICE_UNAVAILABLE`. */
function guard(pool: pg.Pool): <T>(call: () => Promise<T>) => Promise<T> {
  let migrated: Promise<unknown> | null = null;
  return async (call) => {
    try {
      migrated ??= migrateSchema(createKysely<unknown>(pool), 'online', migrations);
      await migrated;
      return await call();
    } catch (fault) {
      migrated = null; // the next call migrates again
      throw serviceUnavailable('the online store in PostgreSQL', messageOf(fault), { cause: fault });
    }
  };
}

interface Row {
  entity_id: string;
  expires_at: number;
  packed: Buffer;
}

/** One row for each view and entity in PostgreSQL schema `online`; the first call creates the schema. */
export function createOnlineTable(pool: pg.Pool): OnlineTable {
  const guarded = guard(pool);
  return {
    put: (source, view, { entries, expiresAt }) =>
      guarded(async () => {
        const values = [...entries.values()];
        const eventTimes = values.map(({ eventTime }) => eventTime);
        const ids = [...entries.keys()];
        await pool.query(putSql, [source, view, expiresAt, ids, eventTimes, values.map(packValue), Date.now()]);
      }),
    get: (source, view, entityIds) =>
      guarded(async () => {
        const { rows } = await pool.query<Row>(getSql, [source, view, [...entityIds], Date.now()]);
        return new Map(
          rows.map((row) => [row.entity_id, { value: unpackValue(row.packed), expiresAt: row.expires_at }]),
        );
      }),
    ping: () =>
      guarded(async () => {
        await pool.query('select 1');
      }),
  };
}
