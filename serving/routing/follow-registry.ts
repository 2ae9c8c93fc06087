import pg from 'pg';
import type { Logger } from 'pino';
import { STAGE_CHANNEL } from '../../registry/serving-versions.js';
import { repeat } from '../../platform/repeat.js';
import { restart } from '../../platform/restart.js';
import type { Router } from './router.js';

export interface FollowOptions {
  readonly router: Pick<Router, 'refresh' | 'refreshIfChanged'>;
  readonly databaseUrl: string;
  readonly signal: AbortSignal;
  readonly logger: Pick<Logger, 'warn' | 'info'>;
  /** Pause between two looks at the registry. @default 5000 */
  readonly pollMs?: number;
}

const POLL_MS = 5_000;
/** Before a lost connection is opened again. */
const PAUSES = { firstPauseMs: 500, longestPauseMs: 30_000 };

/**
 * Keeps the router's table as the registry has it until the signal aborts: at once by NOTIFY, and by looking from time to
 * time, because notifications are lost with a connection and by poolers that share one among transactions.
 */
export async function followRegistry(options: FollowOptions): Promise<void> {
  await Promise.all([poll(options), listen(options)]);
}

const poll = ({ router, signal, logger, pollMs = POLL_MS }: FollowOptions): Promise<void> =>
  repeat(() => router.refreshIfChanged(), {
    ...{ everyMs: pollMs, signal },
    onChange: (reason) =>
      reason !== null && logger.warn({ err: reason }, 'the registry does not answer; routes stay as they are'),
  });

const listen = (options: FollowOptions): Promise<void> =>
  restart(
    async () => {
      await listenOnce(options).catch(() => undefined); // polling reports that the database is away
      return true;
    },
    { ...PAUSES, signal: options.signal },
  );

/** Resolves when the connection has ended. */
async function listenOnce({ router, databaseUrl, signal }: FollowOptions): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: 5_000, keepAlive: true });
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  client.on('end', end);
  client.on('error', end);
  signal.addEventListener('abort', end);
  try {
    await client.connect();
    client.on('notification', () => void router.refresh().catch(() => undefined)); // polling tries again
    await client.query(`listen ${STAGE_CHANNEL}`);
    await router.refreshIfChanged(); // what changed while nobody listened
    await ended;
  } finally {
    signal.removeEventListener('abort', end);
    await client.end().catch(() => undefined);
  }
}
