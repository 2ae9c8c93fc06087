import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';

/**
 * A connection pool that survives the server going away: without the error listener an idle connection's end would
 * end the process.
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

/** Typed SQL over a pool, with one schema as default. The pool stays the caller's to end. */
export const createKysely = <Database>(pool: pg.Pool): Kysely<Database> =>
  new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
