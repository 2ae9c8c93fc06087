import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { SnapshotRef } from '../../contracts/activities.js';
import type { SnapshotTables } from '../../contracts/backend.js';
import { loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { featureViews } from '../../feature-store/definitions/index.js';
import { buildFeatureSet } from '../../feature-store/offline/build.js';
import { loadFeatureTable } from '../../feature-store/offline/feature-set-store.js';
import { joinPointInTime } from '../../feature-store/offline/join-point-in-time.js';
import { materializeFeatureSet } from '../../feature-store/online/materialize.js';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { createRedis } from '../../platform/redis/client.js';
import { textColumn } from '../../learning/table.js';
import { createGeneratedSource, type GeneratedSource } from '../support/generated-snapshot.js';

const AS_OF = Date.UTC(2026, 10, 1);
const silent = { warn: () => undefined };
const signal = new AbortController().signal;
const { redisUrl } = inject('services');
const needed = [...new Set(featureViews.flatMap((view) => view.tables))];

let source: GeneratedSource;
let snapshot: SnapshotRef;
let tables: SnapshotTables;
beforeAll(async () => {
  source = await createGeneratedSource({ users: 25, months: 18 });
  snapshot = await source.snapshot('parity', AS_OF);
  tables = await loadSnapshotTables(source.blobs, snapshot.hash, { tables: needed });
});
afterAll(async () => {
  if (redisUrl !== null) {
    const redis = createRedis(redisUrl, silent);
    for (const view of featureViews) await redis.del(...userIds().map((id) => `feature:generated:${view.name}:${id}`));
    redis.disconnect();
  }
  await source.close();
});

const userIds = (): string[] => textColumn(tables.users!, 'id').map((id) => id!);
const bits = (values: Float64Array): BigUint64Array => new BigUint64Array(values.slice().buffer);
const build = (snapshotHash = snapshot.hash) =>
  buildFeatureSet({ blobs: source.blobs, snapshotHash, views: featureViews, signal });

describe('buildFeatureSet', () => {
  it('contains every user of the snapshot as of its moment, and is reproducible', async () => {
    const set = await build();
    expect(await build()).toEqual(set);
    for (const [index, view] of featureViews.entries()) {
      expect(set.views[index]).toMatchObject({ name: view.name, version: view.version, entities: 25 });
      const table = await loadFeatureTable(source.blobs, set.views[index]!.hash);
      expect(Object.keys(table.columns)).toEqual(['entity_id', 'event_time', ...view.fields.map(({ name }) => name)]);
      expect(table.columns.event_time!.values.every((time) => time === AS_OF)).toBe(true);
    }
  });

  it('stops when its signal is aborted', async () => {
    const controller = new AbortController();
    controller.abort();
    const many = { ...featureViews[0]!, prepare: () => () => new Float64Array(featureViews[0]!.fields.length) };
    const big = await createGeneratedSource({ users: 60, months: 6 });
    const { hash } = await big.snapshot('big', AS_OF);
    const cancelled = buildFeatureSet({
      blobs: big.blobs,
      snapshotHash: hash,
      views: [many],
      signal: controller.signal,
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
    await big.close();
  });
});

describe('point-in-time correctness of features on generated data', () => {
  it('a snapshot of an earlier moment gives the same features as a later snapshot for that moment', async () => {
    const moment = Date.UTC(2026, 4, 20, 10, 30);
    const earlier = await source.snapshot('earlier', moment);
    const then = await loadSnapshotTables(source.blobs, earlier.hash, { tables: needed });
    for (const view of featureViews) {
      const [now, before] = [view.prepare(tables), view.prepare(then)];
      for (const id of userIds()) expect(bits(now(id, moment))).toEqual(bits(before(id, moment)));
    }
  });

  it('a training row at the snapshot’s moment equals the offline feature set', async () => {
    const ids = userIds();
    const rows = {
      rowCount: ids.length,
      columns: {
        entity_id: { kind: 'text' as const, values: ids },
        as_of: { kind: 'timestamp' as const, values: new Float64Array(ids.length).fill(AS_OF) },
      },
    };
    const joined = joinPointInTime(rows, featureViews, tables);
    const set = await build();
    for (const [index, view] of featureViews.entries()) {
      const offline = await loadFeatureTable(source.blobs, set.views[index]!.hash);
      for (const { name } of view.fields) expect(joined.columns[name]).toEqual(offline.columns[name]);
    }
  });
});

const stores: [string, () => OnlineStore][] = [['in-process over PostgreSQL', () => createMemoryStore(source.pool)]];
if (redisUrl !== null) stores.push(['Redis', () => createRedisStore(redisUrl, silent)]);

describe.each(stores)('features read from the online store (%s)', (_name, open) => {
  it('equal the offline Parquet bit for bit, also after materialising twice', async () => {
    const set = await build();
    const store = open();
    const first = await materializeFeatureSet({ blobs: source.blobs, store, hash: set.hash, views: featureViews });
    expect(first).toEqual({ store: store.kind, views: featureViews.map(({ name }) => ({ name, entities: 25 })) });
    expect(await materializeFeatureSet({ blobs: source.blobs, store, hash: set.hash, views: featureViews })).toEqual(
      first,
    );
    for (const [index, view] of featureViews.entries()) {
      const offline = await loadFeatureTable(source.blobs, set.views[index]!.hash);
      const online = await store.get(
        'generated',
        view.name,
        textColumn(offline, 'entity_id').map((id) => id!),
      );
      for (const [row, value] of online.entries()) {
        expect(value).toMatchObject({ viewVersion: view.version, eventTime: AS_OF });
        const stored = Float64Array.from(view.fields, ({ name }) => offline.columns[name]!.values[row] as number);
        expect(bits(value!.features)).toEqual(bits(stored));
      }
    }
    await store.close();
  });

  it('are kept when a late backfill writes an earlier moment', async () => {
    const store = open();
    const earlier = await source.snapshot('backfill', AS_OF - 86_400_000);
    const { hash } = await build(earlier.hash);
    await materializeFeatureSet({ blobs: source.blobs, store, hash, views: featureViews });
    const found = await store.get('generated', featureViews[0]!.name, userIds());
    expect(found.every((value) => value?.eventTime === AS_OF)).toBe(true);
    await store.close();
  });

  it('are refused when the code has another version of the view', async () => {
    const store = open();
    const { hash } = await build();
    const views = featureViews.map((view) => ({ ...view, version: view.version + 1 }));
    await expect(materializeFeatureSet({ blobs: source.blobs, store, hash, views })).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await store.close();
  });
});
