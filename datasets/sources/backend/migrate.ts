import type { Pool } from 'pg';
import { migrateSchemas, type OwnedSchema } from '../../../platform/postgres/schemas.js';
import { sourceTables } from './migrations/0001-source-tables.js';

/** Schema `backend` with its migrations. */
export const backendSchema: OwnedSchema = { schema: 'backend', migrations: { '0001-source-tables': sourceTables } };

/**
 * Applies the pending migrations of schema `backend`, the source system of generated and imported data.
 * @returns names of the applied migrations; [] when the schema is current.
 * @throws PipelineError `INTERNAL` naming the migration that failed.
 */
export const migrateBackend = (pool: Pool): Promise<readonly string[]> => migrateSchemas(pool, [backendSchema]);
