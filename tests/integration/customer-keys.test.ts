import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { erasureSchema } from '../../datasets/erasure/schema.js';
import { createCustomerKeys } from '../../feature-store/online/customer-keys.js';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import type { OnlineState, OnlineStore } from '../../feature-store/online/online-store.js';
import { findMaterialisations, recordMaterialisation } from '../../feature-store/online/materialisations.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { openKeyRing } from '../../platform/keys/key-ring.js';
import { migrateSchemas } from '../../platform/postgres/schemas.js';
import { createRedis } from '../../platform/redis/client.js';
import { checkOnlineStore } from '../support/check-online-store.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';

const silent = { warn: () => undefined };
const { redisUrl } = inject('services');

let home: string;
let database: TestDatabase;
let pool: pg.Pool;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'ml-keys-'));
  database = await createTestDatabase();
  pool = new pg.Pool({ connectionString: database.url });
  pool.on('error', () => undefined); // the database is dropped with connections that are closing
  await migrateSchemas(pool, [erasureSchema]);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
  await rm(home, { recursive: true });
});

const keysOf = (queries: Pick<pg.Pool, 'query'> = pool) =>
  createCustomerKeys(queries, () => openKeyRing({ home, keyRingFile: null }));
const state = (spent: string): OnlineState => ({ viewVersion: 1, eventTime: 5, state: { spent } });
const put = (store: OnlineStore, source: string, states: Record<string, OnlineState>): Promise<void> =>
  store.putStates(source, 'history', new Map(Object.entries(states)), 600);

describe('in-process over PostgreSQL, under keys of customers', () => {
  checkOnlineStore('the store', () => Promise.resolve(createMemoryStore(pool, keysOf())));

  it('holds no value in clear, and reads those of before', async () => {
    await put(createMemoryStore(pool), 'clear', { old: state('4711-plain') });
    const store = createMemoryStore(pool, keysOf());
    await put(store, 'clear', { u1: state('4711-sealed') });
    expect(await store.getStates('clear', 'history', ['old', 'u1'])).toEqual([
      state('4711-plain'),
      state('4711-sealed'),
    ]);
    const { rows } = await pool.query<{ packed: Buffer }>(
      `select packed from online.entity_states where entity_id = 'u1'`,
    );
    expect(rows[0]!.packed.toString('latin1')).not.toContain('4711');
  });

  it('keeps a key out of the database in clear, the same for all processes', async () => {
    const made = await Promise.all([keysOf(), keysOf()].map((keys) => keys.require('many', ['a', 'b', 'a'])));
    const bytes = made.map((keys) => [...keys].map(([id, key]) => [id, key.export().toString('hex')]).sort());
    expect(bytes[0]).toEqual(bytes[1]);
    expect(bytes[0]).toHaveLength(2);
    const { rows } = await pool.query<{ sealed: Buffer }>('select sealed_key as sealed from erasure.customer_keys');
    for (const [, key] of bytes[0]!) for (const { sealed } of rows) expect(sealed.toString('hex')).not.toContain(key);
  });

  it('reads no key again that it knows', async () => {
    let queries = 0;
    const counting = {
      query: (...args: unknown[]) => (queries++, (pool.query as (...given: unknown[]) => unknown)(...args)),
    };
    const store = createMemoryStore(null, keysOf(counting as never));
    await put(store, 'hot', { u1: state('x'), u2: state('y') });
    const before = queries;
    for (let i = 0; i < 20; i++) await store.getStates('hot', 'history', ['u1', 'u2']);
    expect(queries).toBe(before);
  });

  it('shows what was written last without a key', async () => {
    const store = createMemoryStore(pool, keysOf());
    await recordMaterialisation(store, 'log', { view: 'v', version: 1, eventTime: 1, entities: 2 });
    expect(await findMaterialisations(createMemoryStore(pool), 'log', ['v'])).toMatchObject([{ entities: 2 }]);
  });

  it('refuses values that were changed or exchanged', async () => {
    const store = createMemoryStore(pool, keysOf());
    await put(store, 'forged', { u1: state('x'), u2: state('y') });
    await pool.query(`update online.entity_states set packed = set_byte(packed, 40, get_byte(packed, 40) # 1) where source = 'forged' and entity_id = 'u1'`); // prettier-ignore
    const fresh = createMemoryStore(pool, keysOf());
    await expect(fresh.getStates('forged', 'history', ['u1'])).rejects.toMatchObject({ code: 'DECRYPTION_FAILED' });
    expect(await fresh.getStates('forged', 'history', ['u2'])).toEqual([state('y')]);
  });
});

describe.skipIf(redisUrl === null)('Redis, under keys of customers', () => {
  checkOnlineStore('the store', () => Promise.resolve(createRedisStore(redisUrl!, silent, {}, keysOf())));

  it('cannot read a restored copy of somebody who was forgotten, and reads everybody else', async () => {
    const id = randomUUID();
    const store = createRedisStore(redisUrl!, silent, {}, keysOf());
    const client = createRedis(redisUrl!, silent);
    await put(store, 'backup', { [id]: state('4711'), u2: state('x') });
    const copy = (await client.getBuffer(`state:backup:history:${id}`))!;
    expect(copy.toString('latin1')).not.toContain('4711');
    expect(await store.forget(id, null)).toBe(1);
    await client.set(`state:backup:history:${id}`, copy);
    const other = createRedisStore(redisUrl!, silent, {}, keysOf());
    for (const reader of [store, other])
      expect(await reader.getStates('backup', 'history', [id, 'u2'])).toEqual([null, state('x')]);
    const ring = await readFile(join(home, 'keys.json'), 'utf8');
    expect(ring).toContain('customers');
    client.disconnect();
    await Promise.all([store.close(), other.close()]);
  });
});
