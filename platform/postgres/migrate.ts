import { type Kysely, type Migration, Migrator, sql } from 'kysely';
import { PipelineError } from '../../contracts/errors.js';

/** With `if not exists` alone two concurrent sessions can both find no schema and then fail on a duplicate key. */
async function createSchema(database: Kysely<unknown>, schema: string): Promise<void> {
  await database.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext(${`create schema ${schema}`}))`.execute(transaction);
    await sql`create schema if not exists ${sql.id(schema)}`.execute(transaction);
  });
}

/**
 * Applies the pending migrations of one schema. Each room owns a schema (`backend`, `registry`, `catalog`) and its
 * migrations, named `0001-what-it-does` and never edited after release. Safe to call from several processes at once: the
 * migrator takes a lock in the database.
 * @returns names of the applied migrations.
 * @throws PipelineError `INTERNAL` naming the migration that failed.
 */
export async function migrateSchema(
  database: Kysely<unknown>,
  schema: string,
  migrations: Readonly<Record<string, Migration>>,
): Promise<readonly string[]> {
  await createSchema(database, schema);
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: () => Promise.resolve({ ...migrations }) },
    migrationTableSchema: schema,
    migrationTableName: 'schema_migrations',
    migrationLockTableName: 'schema_migrations_lock',
  });
  const { error, results } = await migrator.migrateToLatest();
  const failed = results?.find((result) => result.status === 'Error');
  if (error !== undefined)
    throw new PipelineError(
      'INTERNAL',
      `migration ${failed?.migrationName ?? '(unknown)'} of schema ${schema} failed`,
      { schema },
      { cause: error },
    );
  return (results ?? []).map((result) => result.migrationName);
}
