import { type Migration, sql } from 'kysely';
import type pg from 'pg';
import { messageOf } from '../../contracts/errors.js';
import { serviceUnavailable } from '../../platform/outage.js';
import { migrateSchema } from '../../platform/postgres/migrate.js';
import { createKysely } from '../../platform/postgres/pool.js';
import type { PackedView } from './packed-store.js';
import { eventTimeOf } from './packed-value.js';

/** Persistent rows of the in-process store. */
export interface OnlineTable {
  put(
    view: PackedView,
    written: { readonly entries: ReadonlyMap<string, Buffer>; readonly expiresAt: number },
  ): Promise<void>;
  get(
    view: PackedView,
    entityIds: readonly string[],
  ): Promise<Map<string, { readonly packed: Buffer; readonly expiresAt: number }>>;
  /** Removes every row of an entity. @param source - null: of every source. @returns their number. */
  forget(entityId: string, source: string | null): Promise<number>;
  ping(): Promise<void>;
}

const tableOf = { feature: 'feature_values', state: 'entity_states' } as const;

const createTable = (name: string): Migration => ({
  up: async (database) => {
    await sql`create table online.${sql.ref(name)} (
        source text not null,
        view text not null,
        entity_id text not null,
        event_time double precision not null,
        expires_at double precision not null,
        packed bytea not null,
        primary key (source, view, entity_id)
      )`.execute(database);
  },
});
const migrations: Readonly<Record<string, Migration>> = {
  '0001-feature-values': createTable(tableOf.feature),
  '0002-entity-states': createTable(tableOf.state),
};

/** An expired row counts as absent, so that a value with an earlier event time replaces it, as in Redis. */
const putSql = (table: string): string => `
insert into online.${table} as present (source, view, entity_id, event_time, expires_at, packed)
select $1, $2, entry.entity_id, entry.event_time, $3, entry.packed
from unnest($4::text[], $5::double precision[], $6::bytea[]) as entry (entity_id, event_time, packed)
on conflict (source, view, entity_id) do update
set event_time = excluded.event_time, expires_at = excluded.expires_at, packed = excluded.packed
where present.event_time <= excluded.event_time or present.expires_at <= $7`;

const getSql = (table: string): string => `
select entity_id, expires_at, packed from online.${table}
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
    put: ({ kind, source, view }, { entries, expiresAt }) =>
      guarded(async () => {
        const values = [...entries.values()];
        const ids = [...entries.keys()];
        const given = [source, view, expiresAt, ids, values.map(eventTimeOf), values, Date.now()];
        await pool.query(putSql(tableOf[kind]), given);
      }),
    get: ({ kind, source, view }, entityIds) =>
      guarded(async () => {
        const given = [source, view, [...entityIds], Date.now()];
        const { rows } = await pool.query<Row>(getSql(tableOf[kind]), given);
        return new Map(rows.map(({ entity_id: id, expires_at: expiresAt, packed }) => [id, { packed, expiresAt }]));
      }),
    forget: (entityId, source) =>
      guarded(async () => {
        let count = 0;
        for (const table of Object.values(tableOf)) {
          const deleted = await pool.query(
            `delete from online.${table} where entity_id = $1 and ($2::text is null or source = $2)`,
            [entityId, source],
          );
          count += deleted.rowCount ?? 0;
        }
        return count;
      }),
    ping: () =>
      guarded(async () => {
        await pool.query('select 1');
      }),
  };
}
