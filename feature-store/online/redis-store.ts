import type { Redis, Result } from 'ioredis';
import type { Logger } from 'pino';
import { createRedis, withRedis } from '../../platform/redis/client.js';
import type { OnlineStore, OnlineValue } from './online-store.js';
import { EVENT_TIME_OFFSET, packValue, unpackValue } from './packed-value.js';

/** Values in one pipeline: enough to use a round trip well, few enough not to block other clients of a shared server. */
const BATCH = 500;

/** SET unless the stored event time is later. KEYS: key. ARGV: packed value, time to live in seconds. */
const PUT_IF_NEWER = `
local stored = redis.call('GETRANGE', KEYS[1], ${EVENT_TIME_OFFSET}, ${EVENT_TIME_OFFSET + 7})
if #stored == 8 and struct.unpack('<d', stored) > struct.unpack('<d', ARGV[1], ${EVENT_TIME_OFFSET + 1}) then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
return 1`;

declare module 'ioredis' {
  interface RedisCommander<Context> {
    putFeatureIfNewer(key: string, value: Buffer, seconds: number): Result<number, Context>;
  }
}

const keyOf = (source: string, view: string, entityId: string): string => `feature:${source}:${view}:${entityId}`;

async function putBatch(client: Redis, entries: readonly [string, OnlineValue][], seconds: number): Promise<void> {
  const pipeline = client.pipeline();
  for (const [key, value] of entries) pipeline.putFeatureIfNewer(key, packValue(value), seconds);
  const replies = await pipeline.exec();
  const fault = replies?.find(([error]) => error !== null)?.[0];
  if (fault) throw fault;
}

/**
 * An online store in Redis or Valkey: one packed value for each view and entity, read with MGET, written by an atomic
 * script ("only if newer"), expired by the server. Each script call uses one key, so a cluster works too.
 * @throws PipelineError `SERVICE_UNAVAILABLE` from every method when the server does not answer.
 */
export function createRedisStore(url: string, logger: Pick<Logger, 'warn'>): OnlineStore {
  const client = createRedis(url, logger);
  client.defineCommand('putFeatureIfNewer', { numberOfKeys: 1, lua: PUT_IF_NEWER });
  return {
    kind: 'redis',
    async put(source, view, entries, timeToLiveSeconds) {
      const keyed = [...entries].map(([id, value]): [string, OnlineValue] => [keyOf(source, view, id), value]);
      const seconds = Math.max(1, Math.ceil(timeToLiveSeconds));
      for (let start = 0; start < keyed.length; start += BATCH)
        await withRedis(client, () => putBatch(client, keyed.slice(start, start + BATCH), seconds));
    },
    async get(source, view, entityIds) {
      if (entityIds.length === 0) return [];
      const keys = entityIds.map((id) => keyOf(source, view, id));
      const found = await withRedis(client, () => client.mgetBuffer(...keys));
      return found.map((bytes) => (bytes === null ? null : unpackValue(bytes)));
    },
    async ping() {
      await withRedis(client, () => client.ping());
    },
    close() {
      client.disconnect();
      return Promise.resolve();
    },
  };
}
