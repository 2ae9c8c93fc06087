import type { Pool } from 'pg';
import { migrateSchema } from '../../../platform/postgres/migrate.js';
import { createKysely } from '../../../platform/postgres/pool.js';
import { sourceTables } from './migrations/0001-source-tables.js';

/**
 * Brings schema `backend` up to date, the source system of generated and imported data.
 * @returns names of the migrations applied now; empty when there was nothing to do.
 * @throws PipelineError `INTERNAL` naming the migration that failed.
 */
export const migrateBackend = (pool: Pool): Promise<readonly string[]> =>
  migrateSchema(createKysely(pool), 'backend', { '0001-source-tables': sourceTables });
