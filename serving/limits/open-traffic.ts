import type { Logger } from 'pino';
import type { TrafficSettings } from '../../platform/config/traffic-settings.js';
import { createRedis } from '../../platform/redis/client.js';
import { sleep } from '../../platform/sleep.js';
import type { CachingRedis } from '../cache/answer-cache.js';
import { createSharedCounts } from './shared-counts.js';
import { createTrafficLimits, type TrafficLimits } from './traffic-limits.js';

/** What the processes share through Redis: counts of limits and answers. */
export interface OpenTraffic {
  readonly limits: TrafficLimits;
  /** Of answers; null without Redis. */
  readonly cacheRedis: CachingRedis;
  /** Sends the last counts and disconnects. */
  close(): Promise<void>;
}

export interface TrafficDeps {
  /** Null: this process counts for itself. */
  readonly redisUrl: string | null;
  readonly settings: TrafficSettings;
  readonly logger: Pick<Logger, 'warn'>;
}

/** Pause between two exchanges: a caller that asks several processes gets at most what they answer meanwhile more. */
const SYNC_MS = 250;
/** No request waits for this server, so a slow one costs nothing but late counts. */
const REDIS_LIMITS = { commandTimeoutMs: 1_000 };
/** Computing an answer takes less; a cache that takes longer is passed by. */
const CACHE_LIMITS = { commandTimeoutMs: 25, pipelined: true };

export function openTraffic({ redisUrl, settings, logger }: TrafficDeps): OpenTraffic {
  const redis = redisUrl === null ? null : createRedis(redisUrl, logger, REDIS_LIMITS);
  const cacheRedis = redisUrl === null ? null : createRedis(redisUrl, logger, CACHE_LIMITS);
  const counts = createSharedCounts(redis);
  const ending = new AbortController();
  const follow = async (): Promise<void> => {
    while (await sleep(SYNC_MS, ending.signal)) await counts.sync();
    await counts.sync();
    redis?.disconnect();
    cacheRedis?.disconnect();
  };
  const followed = follow();
  return {
    limits: createTrafficLimits(counts, settings),
    cacheRedis,
    close() {
      ending.abort();
      return followed;
    },
  };
}
