import type { Redis, Result } from 'ioredis';
import type { Logger } from 'pino';
import { createRedis, type RedisLimits, withRedis } from '../../platform/redis/client.js';
import { globLiteral, removeMatching } from '../../platform/redis/remove-matching.js';
import type { CustomerKeys } from './customer-keys.js';
import { sealedValues } from './sealed-values.js';
import { gatherReads } from './gather-reads.js';
import { createOnlineStore, type OnlineStore } from './online-store.js';
import { isKeyOf, keyOf, type PackedStore } from './packed-store.js';
import { EVENT_TIME_OFFSET } from './packed-value.js';

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
    putIfNewer(key: string, value: Buffer, seconds: number): Result<number, Context>;
  }
}

async function putBatch(client: Redis, entries: readonly [string, Buffer][], seconds: number): Promise<void> {
  const pipeline = client.pipeline();
  for (const [key, packed] of entries) pipeline.putIfNewer(key, packed, seconds);
  const replies = await pipeline.exec();
  const fault = replies?.find(([error]) => error !== null)?.[0];
  if (fault) throw fault;
}

/**
 * An online store in Redis or Valkey: one packed value for each view and entity, read with MGET, written by an atomic
 * script ("only if newer"), expired by the server. Each script call uses one key, so a cluster works too.
 * @param keys - encrypt the values; null: they are stored in clear.
 * @throws PipelineError `SERVICE_UNAVAILABLE` from every method when the server does not answer.
 */
export const createRedisStore = (
  url: string,
  logger: Pick<Logger, 'warn'>,
  limits: RedisLimits = {},
  keys: CustomerKeys | null = null,
): OnlineStore => {
  const packed = createPackedStore(url, logger, limits);
  return createOnlineStore(keys === null ? packed : sealedValues(packed, keys));
};

function createPackedStore(url: string, logger: Pick<Logger, 'warn'>, limits: RedisLimits): PackedStore {
  const client = createRedis(url, logger, limits);
  client.defineCommand('putIfNewer', { numberOfKeys: 1, lua: PUT_IF_NEWER });
  const read = gatherReads((keys) => withRedis(client, () => client.mgetBuffer(...keys)), BATCH);
  return {
    kind: 'redis',
    async put(view, entries, timeToLiveSeconds) {
      const keyed = [...entries].map(([id, packed]): [string, Buffer] => [keyOf(view, id), packed]);
      const seconds = Math.max(1, Math.ceil(timeToLiveSeconds));
      for (let start = 0; start < keyed.length; start += BATCH)
        await withRedis(client, () => putBatch(client, keyed.slice(start, start + BATCH), seconds));
    },
    async get(view, entityIds) {
      if (entityIds.length === 0) return [];
      const keys = entityIds.map((id) => keyOf(view, id));
      return [...(await read(keys))];
    },
    async forget(entityId, source) {
      let count = 0;
      for (const kind of ['feature', 'state']) {
        const pattern = `${kind}:${source === null ? '*' : globLiteral(source)}:*:${globLiteral(entityId)}`;
        const isOf = (key: string): boolean => isKeyOf(key, entityId, source);
        count += await withRedis(client, () => removeMatching(client, pattern, isOf));
      }
      return count;
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
