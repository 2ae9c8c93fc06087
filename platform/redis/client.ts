import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import { messageOf } from '../../contracts/errors.js';
import { serviceUnavailable } from '../outage.js';

/** How long a server may take, and how it is asked. */
export interface RedisLimits {
  /** @default 10000 */
  readonly commandTimeoutMs?: number;
  /** Whether commands of one turn of the event loop are sent together: cheaper for many callers. @default false */
  readonly pipelined?: boolean;
}

/**
 * A client whose commands fail within seconds while the server is unreachable, instead of queueing, and that reconnects
 * by itself. Opens no connection until the first command.
 */
export function createRedis(
  url: string,
  logger: Pick<Logger, 'warn'>,
  { commandTimeoutMs = 10_000, pipelined = false }: RedisLimits = {},
): Redis {
  const client = new Redis(url, {
    lazyConnect: true,
    enableAutoPipelining: pipelined,
    connectTimeout: Math.min(5_000, commandTimeoutMs),
    commandTimeout: commandTimeoutMs,
    maxRetriesPerRequest: 2,
    retryStrategy: (attempt) => Math.min(50 * 2 ** attempt, 2_000),
  });
  let reported = '';
  client.on('ready', () => (reported = ''));
  client.on('error', (fault: Error) => {
    if (fault.message === reported) return; // one log line for an outage, not one for each retry
    reported = fault.message;
    logger.warn({ err: fault.message }, 'Redis does not answer');
  });
  return client;
}

/** Runs a call; its error names the server. @throws PipelineError `SERVICE_UNAVAILABLE`. */
export async function withRedis<T>(client: Redis, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (fault) {
    const { host, port } = client.options;
    throw serviceUnavailable(`Redis at ${host ?? '?'}:${port ?? '?'}`, messageOf(fault), { cause: fault });
  }
}
