import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';

/**
 * A connection pool with an error listener: without one, the loss of an idle connection would end the process.
 */
export function createPool(
  connectionString: string,
  logger: Pick<Logger, 'warn'>,
  options: pg.PoolConfig = {},
): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 10_000, ...options });
  pool.on('error', (fault) => logger.warn({ err: fault.message }, 'lost an idle PostgreSQL connection'));
  return pool;
}

/** Typed SQL over a pool. The caller ends the pool. */
export const createKysely = <Database>(pool: pg.Pool): Kysely<Database> =>
  new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
