import type pg from 'pg';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { sql } from 'kysely';
import { createPool } from '../../platform/postgres/pool.js';
import { migrateSchemas, type OwnedSchema } from '../../platform/postgres/schemas.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

let database: TestDatabase;
let pool: pg.Pool;
beforeEach(async () => {
  database = await createTestDatabase();
  pool = createPool(database.url, { warn: () => undefined });
});
afterEach(async () => {
  await pool.end();
  await database.drop();
});

/** A schema whose migrations create a table each. */
const schemaOf = (schema: string, ...names: string[]): OwnedSchema => ({
  schema,
  migrations: Object.fromEntries(
    names.map((name) => [
      name,
      {
        up: async (db) => {
          await sql`create table ${sql.table(`${schema}.${name}`)} ()`.execute(db);
        },
      },
    ]),
  ),
});

it('applies missing migrations, and runs a single query when the schema is current', async () => {
  const schemas = [schemaOf('one', 'a'), schemaOf('two', 'a', 'b')];
  expect(await migrateSchemas(pool, schemas)).toEqual(['a', 'a', 'b']);
  const query = vi.spyOn(pool, 'query');
  const connect = vi.spyOn(pool, 'connect');
  expect(await migrateSchemas(pool, schemas)).toEqual([]);
  expect(query).toHaveBeenCalledTimes(1);
  expect(connect.mock.calls.length).toBeLessThanOrEqual(1); // the connection of that query
});

it('migrates one schema that is behind while the others are current', async () => {
  await migrateSchemas(pool, [schemaOf('one', 'a'), schemaOf('two', 'a')]);
  expect(await migrateSchemas(pool, [schemaOf('one', 'a'), schemaOf('two', 'a', 'b')])).toEqual(['b']);
});

it('refuses a database that a newer program migrated', async () => {
  await migrateSchemas(pool, [schemaOf('one', 'a', 'b')]);
  await expect(migrateSchemas(pool, [schemaOf('one', 'a')])).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.stringContaining('schema one failed') as string,
  });
});

it('applies each migration once when several processes migrate at the same time', async () => {
  const applied = await Promise.all(Array.from({ length: 4 }, () => migrateSchemas(pool, [schemaOf('one', 'a', 'b')])));
  expect(applied.flat().sort()).toEqual(['a', 'b']);
});

it('reports that PostgreSQL is unreachable', async () => {
  const away = createPool('postgres://nobody@127.0.0.1:1/none', { warn: () => undefined });
  await expect(migrateSchemas(away, [schemaOf('one', 'a')])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await away.end();
});
