import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { checkOnlineStore } from '../support/check-online-store.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const silent = { warn: () => undefined };
const { redisUrl } = inject('services');

describe.skipIf(redisUrl === null)('Redis', () => {
  checkOnlineStore('Redis', () => Promise.resolve(createRedisStore(redisUrl!, silent)));

  it('reads fifty features of an entity in less than 2 ms (median)', async () => {
    const store = createRedisStore(redisUrl!, silent);
    const features = Float64Array.from({ length: 50 }, (_, i) => i);
    await store.put('speed', 'view', new Map([['u', { viewVersion: 1, eventTime: 1, features }]]), 60);
    const times: number[] = [];
    for (let i = 0; i < 2_000; i++) {
      const started = performance.now();
      await store.get('speed', 'view', ['u']);
      times.push(performance.now() - started);
    }
    await store.close();
    times.sort((a, b) => a - b);
    // The aim is 2 ms at the 99th percentile on an idle machine; under load of other processes only the median is tested.
    expect(times[Math.floor(0.5 * times.length)]).toBeLessThan(2);
  });
});

it('names the server when Redis is unreachable', async () => {
  const store = createRedisStore('redis://127.0.0.1:1', silent);
  await expect(store.ping()).rejects.toThrow(/^Redis at 127\.0\.0\.1:1 does not answer: /);
  await expect(store.get('s', 'v', ['u'])).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  await store.close();
});

describe('in-process over PostgreSQL', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await createTestDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 5 });
    pool.on('error', () => undefined);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });
  checkOnlineStore('in-process', () => Promise.resolve(createMemoryStore(pool)));

  it('reports that PostgreSQL is unreachable', async () => {
    const broken = new pg.Pool({ connectionString: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(createMemoryStore(broken).ping()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    await broken.end();
  });
});
