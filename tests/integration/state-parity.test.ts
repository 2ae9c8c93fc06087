import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { TrainingData } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import { loadDataset } from '../../datasets/snapshots/dataset-store.js';
import { loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { transactionFeatureNames } from '../../feature-store/definitions/transaction-context.js';
import { momentOf, stateRowsOfSnapshot, type StateRows } from '../../feature-store/offline/state-rows.js';
import { buildStateSet } from '../../feature-store/offline/state-set.js';
import { buildBackendDataset } from '../../feature-store/offline/training-table.js';
import { materializeStateSet } from '../../feature-store/online/materialize-states.js';
import { createMemoryStore } from '../../feature-store/online/memory-store.js';
import type { OnlineStore } from '../../feature-store/online/online-store.js';
import { createRedisStore } from '../../feature-store/online/redis-store.js';
import { readStates, requireRequestFeatures } from '../../inference/request-features.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { numberColumn, selectRows, textColumn, timestampColumn } from '../../learning/table.js';
import { findModel } from '../../models/catalogue.js';
import { createRedis } from '../../platform/redis/client.js';
import { createGeneratedSource, type GeneratedSource } from '../support/generated-snapshot.js';

/*
 * A transaction that is asked about by reference must get the features of its training row: for each of at least 200
 * rows the states of customer and counterparty are built as of the row's moment, stored, and read back.
 */
const SOURCE = 'generated';
const AS_OF = Date.UTC(2026, 10, 1);
const ROWS = 220;
const silent = { warn: () => undefined };
const { redisUrl } = inject('services');

const model = await findModel('anomaly-detector');
const requestFeatures = requireRequestFeatures(model);
const views = model.states!;

let source: GeneratedSource;
let rows: Table;
let past: StateRows;
let stores: OnlineStore[] = [];
/** Rows of the training table in the order of time: a store keeps an entity's latest state. */
let chosen: number[];

beforeAll(async () => {
  source = await createGeneratedSource({ users: 40, months: 8 });
  const { hash: snapshotHash } = await source.snapshot('training', AS_OF);
  const { blobs } = source;
  const prepared = await buildBackendDataset({ blobs, snapshotHash, modelName: model.name, backend: model.backend });
  if (prepared.status !== 'ready') throw new Error(prepared.reason);
  rows = (await loadDataset(blobs, prepared.dataset.hash)).table;
  const found = await stateRowsOfSnapshot(blobs, snapshotHash, model);
  if (typeof found === 'string') throw new Error(found);
  past = found;
  chosen = chooseRows();
  stores = [createMemoryStore(null), createMemoryStore(source.pool)];
  if (redisUrl !== null) stores.push(createRedisStore(redisUrl, silent));
  await clearRedis();
});
afterAll(async () => {
  await clearRedis();
  for (const store of stores) await store.close();
  await source.close();
});

/** Rows of customers that have been seen before, drawn at random. */
function chooseRows(): number[] {
  const times = timestampColumn(rows, 'bookedAt');
  const since = timestampColumn(rows, 'customerSince');
  const random = createRandom(7);
  const known = [...times.keys()].filter((row) => since[row]! < times[row]!);
  const drawn = known.map((row) => [random.uniform(), row] as const).sort(([a], [b]) => a - b);
  return drawn.slice(0, ROWS).map(([, row]) => row).sort((a, b) => times[a]! - times[b]!); // prettier-ignore
}

async function clearRedis(): Promise<void> {
  if (redisUrl === null) return;
  const redis = createRedis(redisUrl, silent);
  for (const { name, idColumn } of views) {
    const ids = new Set(chosen.map((row) => textColumn(rows, idColumn)[row]));
    await redis.del(...Array.from(ids, (id) => `state:${SOURCE}:${name}:${id}`));
  }
  redis.disconnect();
}

/** All rows that name the entities of a training row: what their parts of the data set hold. */
function rowsNaming(idColumn: string, id: string | null): TrainingData {
  const ids = textColumn(past.data.table, idColumn);
  const indices = ids.flatMap((each, row) => (each === id ? [row] : []));
  return { ...past.data, table: selectRows(past.data.table, indices) };
}

async function materialise(row: number): Promise<void> {
  const asOf = timestampColumn(rows, 'bookedAt')[row]!;
  const signal = new AbortController().signal;
  for (const view of views) {
    const data = rowsNaming(view.idColumn, textColumn(rows, view.idColumn)[row]!);
    const { hash } = await buildStateSet({ blobs: source.blobs, view, data, asOf, source: SOURCE, signal });
    for (const store of stores) await materializeStateSet({ blobs: source.blobs, store, hash, view });
  }
}

async function featuresByReference(store: OnlineStore, row: number): Promise<Readonly<Record<string, number | null>>> {
  const at = timestampColumn(rows, 'bookedAt')[row]!;
  const customerId = textColumn(rows, 'customerId')[row]!;
  const known = requestFeatures.known.parse({
    bookedAt: new Date(at).toISOString(),
    amount: numberColumn(rows, 'signedAmount')[row],
    counterparty: textColumn(rows, 'counterparty')[row],
    category: textColumn(rows, 'category')[row],
  });
  const reference = { source: SOURCE, entityId: customerId };
  const { states, read } = await readStates(store, requestFeatures, reference, { known: [known], now: at });
  expect(read.filter(({ stale }) => stale)).toEqual([]);
  const input = requestFeatures.inputOf({ customerId, known, features: {}, states: states[0]!, asOf: at });
  return (input as { features: Record<string, number | null> }).features;
}

describe('an anomaly request by reference', () => {
  it(`has the features of its training row bit for bit, for at least 200 rows and every store`, async () => {
    const differences: string[] = [];
    for (const row of chosen) {
      await materialise(row);
      for (const store of stores) {
        const found = await featuresByReference(store, row);
        for (const name of transactionFeatureNames) {
          const wanted = numberColumn(rows, name)[row]!;
          if (!Object.is(found[name] ?? Number.NaN, wanted))
            differences.push(`row ${row}, ${store.kind}, ${name}: ${found[name]} instead of ${wanted}`);
        }
      }
    }
    expect(differences).toEqual([]);
    expect(chosen.length).toBeGreaterThanOrEqual(200);
  }, 600_000);

  it('gets the same states from a snapshot taken at an earlier moment as from a later one', async () => {
    const moment = Date.UTC(2026, 8, 20, 10, 30);
    const { hash } = await source.snapshot('earlier', moment);
    const earlier = await stateRowsOfSnapshot(source.blobs, hash, model);
    if (typeof earlier === 'string') throw new Error(earlier);
    for (const view of views) expect(momentOf(earlier, view)).toBe(moment);
    for (const view of views) {
      const then = new Map(view.build(earlier.data, moment));
      expect(then.size).toBeGreaterThan(10);
      expect(new Map(view.build(past.data, moment))).toEqual(then);
    }
    const { transactions } = await loadSnapshotTables(source.blobs, hash, { tables: ['transactions'] });
    expect(earlier.data.table.rowCount).toBe(transactions!.rowCount); // also those whose dispute may still come
  });
});
