import type pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { backendTables } from '../../contracts/backend.js';
import type { FeatureValue, FeatureValues } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { buildFeatureSet } from '../../feature-store/offline/build.js';
import { buildBackendDataset } from '../../feature-store/offline/training-table.js';
import { materializeFeatureSet } from '../../feature-store/online/materialize.js';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { readStoredFeatures, requireRequestFeatures } from '../../inference/request-features.js';
import { textColumn, timestampColumn } from '../../learning/table.js';
import { findModel } from '../../models/catalogue.js';
import { createRedis } from '../../platform/redis/client.js';
import { createGeneratedSource, type GeneratedSource } from '../support/generated-snapshot.js';

/*
 * A request by reference must give the same input as the training row: for each labelled application the source is
 * extracted as of the moment it was made, its features are computed and materialised, and the request reads them back.
 */
const MODEL = 'credit-risk-scorer';
const SOURCE = 'generated';
const AS_OF = Date.UTC(2026, 10, 1);
const FEWEST_ROWS = 200;
const silent = { warn: () => undefined };
const { redisUrl } = inject('services');

const model = await findModel(MODEL);
const requestFeatures = requireRequestFeatures(model);
const { views } = requestFeatures;
const { schema } = model.backend;

let source: GeneratedSource;
let rows: Table;
let stores: OnlineStore[] = [];

/** Somebody's transaction of the last second: the source is alive, whatever the shown user did last. */
const alive = `jsonb_build_object('id', 'alive', 'user_id', 'somebody', 'booked_at', (select as_of from shown) - interval '1 second')`;
const aliveTransaction = `select (jsonb_populate_record(null::everybody.transactions, to_jsonb(one) || ${alive})).*
  from (select * from everybody.transactions limit 1) one`;

/** `backend` becomes views that show one user's rows: each moment's extraction then reads a few hundred rows. */
async function showOneUser(pool: pg.Pool): Promise<void> {
  await pool.query('alter schema backend rename to everybody; create schema backend');
  await pool.query('create table shown (id text, as_of timestamptz)');
  for (const table of backendTables) {
    const key = table === 'users' ? 'id' : 'user_id';
    const ofUser = table === 'entity_annotations' ? 'false' : `${key} = (select id from shown)`;
    const others = table === 'transactions' ? ` union all ${aliveTransaction}` : '';
    await pool.query(`create view backend.${table} as select * from everybody.${table} where ${ofUser}${others}`);
    if (ofUser !== 'false') await pool.query(`create index on everybody.${table} (${key})`);
  }
}

async function show(pool: pg.Pool, userId: string, asOf: number): Promise<void> {
  await pool.query('truncate shown');
  await pool.query('insert into shown values ($1, $2)', [userId, new Date(asOf)]);
}

async function clearRedis(): Promise<void> {
  if (redisUrl === null) return;
  const redis = createRedis(redisUrl, silent);
  const ids = new Set(textColumn(rows, 'entity_id'));
  for (const { name } of views) await redis.del(...[...ids].map((id) => `feature:${SOURCE}:${name}:${id}`));
  redis.disconnect();
}

beforeAll(async () => {
  source = await createGeneratedSource({ users: 130, months: 18 });
  const { hash: snapshotHash } = await source.snapshot('training', AS_OF);
  const prepared = await buildBackendDataset({ ...source, snapshotHash, modelName: MODEL, backend: model.backend });
  if (prepared.status !== 'ready') throw new Error(prepared.reason);
  rows = (await loadDataset(source.blobs, prepared.dataset.hash)).table;
  await showOneUser(source.pool);
  stores = [createMemoryStore(null), createMemoryStore(source.pool)];
  if (redisUrl !== null) stores.push(createRedisStore(redisUrl, silent));
  await clearRedis();
});
afterAll(async () => {
  await clearRedis();
  for (const store of stores) await store.close();
  await source.close();
});

/** A training cell as a request writes it. */
function cellOf(name: string, row: number): FeatureValue {
  const value = rows.columns[name]!.values[row]!;
  return typeof value === 'number' && Number.isNaN(value) ? null : value;
}

const inputOf = (row: number): FeatureValues =>
  Object.fromEntries(schema.features.map(({ name }) => [name, cellOf(name, row)]));

const knownNames = Object.keys(z.toJSONSchema(requestFeatures.known).properties ?? {});

/** What a caller sends beside the entity: the training row's columns of the same names. */
const knownOf = (row: number): FeatureValues =>
  requestFeatures.known.parse(Object.fromEntries(knownNames.map((name) => [name, cellOf(name, row)]))) as FeatureValues;

async function materialise(row: number): Promise<void> {
  const asOf = timestampColumn(rows, 'as_of')[row]!;
  const { hash: snapshotHash } = await source.snapshot(`row-${row}`, asOf);
  const { blobs } = source;
  const { hash } = await buildFeatureSet({ blobs, snapshotHash, views, signal: new AbortController().signal });
  await Promise.all(stores.map((store) => materializeFeatureSet({ blobs, store, hash, views })));
}

/** Cells in which the request's input differs from the training row's. */
async function differencesOf(store: OnlineStore, row: number, entityId: string, asOf: number): Promise<string[]> {
  const { values, views: read } = await readStoredFeatures(store, views, { source: SOURCE, entityId }, asOf);
  expect(read.map((view) => [Date.parse(view.asOf), view.stale])).toEqual(views.map(() => [asOf, false]));
  const parts = { customerId: entityId, features: values, states: {}, asOf };
  const found = requestFeatures.inputOf({ ...parts, known: knownOf(row) }) as FeatureValues;
  const wanted = inputOf(row);
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])]
    .filter((name) => !Object.is(found[name], wanted[name]))
    .map((name) => `row ${row}, ${store.kind}, ${name}: ${found[name]} instead of ${wanted[name]}`);
}

it(`gives a request by reference the training inputs bit for bit, for at least ${FEWEST_ROWS} rows and every store`, async () => {
  const entityIds = textColumn(rows, 'entity_id');
  const moments = timestampColumn(rows, 'as_of');
  const differences: string[] = [];
  // In the order of time: a store keeps a user's latest features.
  for (const row of [...moments.keys()].sort((a, b) => moments[a]! - moments[b]!)) {
    const entityId = entityIds[row]!;
    await show(source.pool, entityId, moments[row]!);
    await materialise(row);
    for (const store of stores) differences.push(...(await differencesOf(store, row, entityId, moments[row]!)));
  }
  expect(differences).toEqual([]);
  expect(rows.rowCount).toBeGreaterThanOrEqual(FEWEST_ROWS);
}, 600_000);
