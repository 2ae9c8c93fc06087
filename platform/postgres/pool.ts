import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import { isOutage, outageReason, serviceUnavailable } from '../outage.js';

/**
 * A connection pool with an error listener: without one, the loss of an idle connection would end the process. An
 * awaited `connect`, as kysely does, fails with `SERVICE_UNAVAILABLE` naming the address when the server is away.
 */
export function createPool(
  connectionString: string,
  logger: Pick<Logger, 'warn'>,
  options: pg.PoolConfig = {},
): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 10, connectionTimeoutMillis: 10_000, ...options });
  pool.on('error', (fault) => logger.warn({ err: fault.message }, 'lost an idle PostgreSQL connection'));
  return nameOutages(pool, connectionString);
}

function nameOutages(pool: pg.Pool, connectionString: string): pg.Pool {
  const connect = pool.connect.bind(pool);
  const named = (): Promise<pg.PoolClient> =>
    connect().catch((fault: unknown) => {
      if (!isOutage(fault)) throw fault;
      throw serviceUnavailable(`the database at ${hostOf(connectionString)}`, outageReason(fault), { cause: fault });
    });
  // `pool.query` passes a callback and gets the driver's own error.
  const either = (callback?: Parameters<typeof connect>[0]) => (callback === undefined ? named() : connect(callback));
  return Object.assign(pool, { connect: either });
}

/** `host:port`; a connection string without a host means a socket of this machine. */
const hostOf = (connectionString: string): string =>
  URL.canParse(connectionString) ? new URL(connectionString).host : 'this machine';

/** Typed SQL over a pool. The caller ends the pool. */
export const createKysely = <Database>(pool: pg.Pool): Kysely<Database> =>
  new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
