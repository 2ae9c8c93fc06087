import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { TrainingData } from '../../contracts/dataset.js';
import type { EntityStateView } from '../../contracts/entity-state.js';
import { textColumn, timestampColumn } from '../../learning/table.js';
import { openBlobStore } from '../../platform/blobs/open.js';
import { findMaterialisations } from '../online/materialisations.js';
import { materializeStateSet } from '../online/materialize-states.js';
import { createMemoryStore } from '../online/memory-store.js';
import { groupBy } from '../../learning/group-by.js';
import { buildStateSet, loadStatePart, loadStateSet } from './state-set.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-states-'));
const blobs = openBlobStore(pathToFileURL(folder).href, folder);
afterAll(() => rmSync(folder, { recursive: true }));

interface Visits {
  readonly times: readonly number[];
}
const view: EntityStateView<Visits> = {
  name: 'visits',
  version: 3,
  entity: 'user',
  idColumn: 'customer',
  timeColumn: 'at',
  timeToLiveSeconds: 60,
  state: z.strictObject({ times: z.array(z.number().nonnegative()) }),
  *build({ table }, asOf) {
    const times = timestampColumn(table, 'at');
    const customers = textColumn(table, 'customer');
    const rows = [...times.keys()].filter((row) => times[row]! < asOf);
    const groups = groupBy(rows, (row) => customers[row] ?? null);
    for (const [customer, own] of groups) yield [customer, { times: own.map((row) => times[row]!) }];
  },
};

/** `customers` customers with three visits each, and a row that names nobody. */
function visitsOf(customers: number): TrainingData {
  const ids = Array.from({ length: 3 * customers }, (_, i) => `c${i % customers}`);
  const times = Float64Array.from({ length: ids.length + 1 }, (_, i) => i);
  const columns = { customer: { kind: 'text', values: [...ids, null] }, at: { kind: 'timestamp', values: times } };
  return { schema: {}, table: { rowCount: times.length, columns } } as unknown as TrainingData;
}

const build = (data: TrainingData, change: Partial<Parameters<typeof buildStateSet>[0]> = {}) =>
  buildStateSet({
    ...{ blobs, view, data, asOf: 1e6, source: 'generated', signal: new AbortController().signal },
    ...change,
  });

async function statesOf(hash: string): Promise<Map<string, unknown>> {
  const { parts } = await loadStateSet(blobs, hash);
  const loaded = await Promise.all(parts.map((part) => loadStatePart(blobs, part.hash)));
  return new Map(loaded.flatMap((part) => [...part]));
}

describe('buildStateSet', () => {
  it('stores every entity once, in parts by hash of the id, with the same bytes each time', async () => {
    const data = visitsOf(5_000);
    const set = await build(data);
    expect(set).toMatchObject({ view: 'visits', version: 3, entities: 5_000, asOf: 1e6 });
    const manifest = await loadStateSet(blobs, set.hash);
    expect(manifest).toMatchObject({ source: 'generated', entity: 'user', buckets: 4, version: 3, asOf: 1e6 });
    expect(manifest.parts.map(({ bucket }) => bucket)).toEqual([0, 1, 2, 3]);
    for (const part of manifest.parts) expect(part.entities).toBeLessThan(2_000);
    expect(await statesOf(set.hash)).toEqual(new Map(view.build(data, 1e6)));
    expect(await build(data)).toEqual(set);
  });

  it('leaves out rows at or after the moment, and entities without any earlier row', async () => {
    const set = await build(visitsOf(3), { asOf: 4 });
    const [c0, c1, c2] = [[0, 3], [1], [2]].map((times) => ({ times }));
    expect(await statesOf(set.hash)).toEqual(new Map([['c0', c0], ['c1', c1], ['c2', c2]])); // prettier-ignore
    expect(await build(visitsOf(3), { asOf: 0 })).toMatchObject({ entities: 0 });
  });

  it('keeps an entity in the bucket of its id when other entities come', async () => {
    const bucketOfC1 = async (customers: number): Promise<number> => {
      const { parts } = await loadStateSet(blobs, (await build(visitsOf(customers))).hash);
      for (const { bucket, hash } of parts) if ((await loadStatePart(blobs, hash)).has('c1')) return bucket;
      throw new Error('c1 is in no part');
    };
    expect(await bucketOfC1(3_000)).toBe(await bucketOfC1(3_500));
  });

  it('names the field of a state that its schema refuses', async () => {
    const broken = { ...view, build: () => [['c1', { times: [-1] }]] as const };
    await expect(build(visitsOf(1), { view: broken })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      details: { view: 'visits', field: 'times' },
    });
  });

  it('stops when its signal is aborted', async () => {
    const controller = new AbortController();
    controller.abort();
    const cancelled = build(visitsOf(3), { signal: controller.signal });
    await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' });
  });

  it('rejects the hash of something else', async () => {
    await expect(loadStateSet(blobs, 'f'.repeat(64))).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  });
});

describe('materializeStateSet', () => {
  it('writes every state with version and moment, and records what was written', async () => {
    const store = createMemoryStore(null);
    const { hash } = await build(visitsOf(1_200));
    expect(await materializeStateSet({ blobs, store, hash, view })).toBe(1_200);
    expect(await materializeStateSet({ blobs, store, hash, view })).toBe(1_200);
    const [c7, nobody] = await store.getStates('generated', 'visits', ['c7', 'nobody']);
    expect(c7).toEqual({ viewVersion: 3, eventTime: 1e6, state: { times: [7, 1_207, 2_407] } });
    expect(nobody).toBeNull();
    const [written, other] = await findMaterialisations(store, 'generated', ['visits', 'other']);
    expect(written).toMatchObject({ view: 'visits', version: 3, eventTime: 1e6, entities: 1_200 });
    expect(other).toBeNull();
  });

  it('keeps a state of a later moment', async () => {
    const store = createMemoryStore(null);
    const [earlier, later] = [await build(visitsOf(2), { asOf: 3 }), await build(visitsOf(2), { asOf: 100 })];
    for (const { hash } of [later, earlier]) await materializeStateSet({ blobs, store, hash, view });
    expect((await store.getStates('generated', 'visits', ['c0']))[0]).toMatchObject({ eventTime: 100 });
    expect((await findMaterialisations(store, 'generated', ['visits']))[0]).toMatchObject({ eventTime: 100 });
  });

  it('refuses a set of another version', async () => {
    const { hash } = await build(visitsOf(1));
    const wanted = { blobs, store: createMemoryStore(null), hash, view: { ...view, version: 4 } };
    await expect(materializeStateSet(wanted)).rejects.toMatchObject({ code: 'CONFLICT' });
  });
});
