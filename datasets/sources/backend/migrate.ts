import type { Pool } from 'pg';
import { migrateSchemas, type OwnedSchema } from '../../../platform/postgres/schemas.js';
import { sourceTables } from './migrations/0001-source-tables.js';

/** Schema `backend`. */
export const backendSchema: OwnedSchema = { schema: 'backend', migrations: { '0001-source-tables': sourceTables } };

/**
 * Brings schema `backend` up to date, the source system of generated and imported data.
 * @returns names of the migrations applied now; empty when there was nothing to do.
 * @throws PipelineError `INTERNAL` naming the migration that failed.
 */
export const migrateBackend = (pool: Pool): Promise<readonly string[]> => migrateSchemas(pool, [backendSchema]);
