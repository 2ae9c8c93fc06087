import type { Migration } from 'kysely';
import pg from 'pg';
import { asDatabaseFault } from './faults.js';
import { migrateSchema } from './migrate.js';
import { createKysely } from './pool.js';

/** One schema of a room with its migrations, in order; see `migrateSchema`. */
export interface OwnedSchema {
  readonly schema: string;
  readonly migrations: Readonly<Record<string, Migration>>;
}

/**
 * Applies the pending migrations of several schemas. One query finds the schemas whose applied migrations differ from
 * those of this program; only for these does the migrator run, since every command calls this function.
 * @returns names of the applied migrations.
 * @throws PipelineError `INTERNAL` naming the migration that failed; `SERVICE_UNAVAILABLE` when PostgreSQL does not
 *   answer.
 */
export async function migrateSchemas(pool: pg.Pool, owned: readonly OwnedSchema[]): Promise<readonly string[]> {
  try {
    const applied = await appliedMigrations(pool, owned);
    const names: string[] = [];
    for (const { schema, migrations } of owned)
      if (!isCurrent(applied.get(schema), migrations))
        names.push(...(await migrateSchema(createKysely<unknown>(pool), schema, migrations)));
    return names;
  } catch (fault) {
    throw asDatabaseFault(fault);
  }
}

type Applied = ReadonlyMap<string, ReadonlySet<string>>;

const isCurrent = (applied: ReadonlySet<string> | undefined, migrations: OwnedSchema['migrations']): boolean => {
  const wanted = Object.keys(migrations);
  return applied?.size === wanted.length && wanted.every((name) => applied.has(name));
};

const UNDEFINED_TABLE = '42P01';

/** Names of the applied migrations by schema; an empty map if one of the schemas does not exist. */
async function appliedMigrations(pool: pg.Pool, owned: readonly OwnedSchema[]): Promise<Applied> {
  const applied = new Map(owned.map(({ schema }) => [schema, new Set<string>()]));
  try {
    for (const { schema, name } of (await pool.query<{ schema: string; name: string }>(queryOf(owned))).rows)
      applied.get(schema)?.add(name);
    return applied;
  } catch (fault) {
    if (fault instanceof pg.DatabaseError && fault.code === UNDEFINED_TABLE) return new Map();
    throw fault;
  }
}

const queryOf = (owned: readonly OwnedSchema[]): string =>
  owned
    .map(({ schema }) => {
      const table = `${pg.escapeIdentifier(schema)}.schema_migrations`;
      return `select ${pg.escapeLiteral(schema)} as schema, name from ${table}`;
    })
    .join(' union all ');
