import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { writeDurably } from '../durable-file.js';
import type { ProcessIdentity } from '../embedded/processes/identity.js';
import { migrateSchemas } from './schemas.js';
import type { OwnedSchema } from './schemas.js';

/** For which start of the platform the schemas were found up to date. */
export interface SchemaCheck {
  readonly home: string;
  /** The running supervisor; null: none runs, and the schemas are checked each time. */
  readonly supervisor: ProcessIdentity | null;
  readonly databaseUrl: string;
}

/** Path of the file that remembers the last check. */
export const schemaCheckFile = (home: string): string => join(home, 'schemas.json');

/**
 * Migrates the schemas unless that was done since the platform started, for this database and with the same migrations:
 * a command then asks PostgreSQL nothing before its own queries. Another build with other migrations checks again.
 * Of several processes that check at once each migrates under the migrator's lock, and all write the same.
 * @throws PipelineError as `migrateSchemas`.
 */
export async function migrateOncePerStart(
  pool: pg.Pool,
  owned: readonly OwnedSchema[],
  check: SchemaCheck,
): Promise<void> {
  const wanted = fingerprint(owned, check);
  const file = schemaCheckFile(check.home);
  if (wanted !== null && existsSync(file) && readFileSync(file, 'utf8').trim() === wanted) return;
  await migrateSchemas(pool, owned);
  if (wanted !== null) writeDurably(file, `${wanted}\n`);
}

/** A hash, because the address contains a password; null when there is no start to refer to. */
function fingerprint(owned: readonly OwnedSchema[], { supervisor, databaseUrl }: SchemaCheck): string | null {
  if (supervisor === null) return null;
  const migrations = owned.map(({ schema, migrations: steps }) => [schema, Object.keys(steps)]);
  return createHash('sha256')
    .update(JSON.stringify([supervisor, databaseUrl, migrations]))
    .digest('hex');
}
