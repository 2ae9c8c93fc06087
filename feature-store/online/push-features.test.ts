import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BackendTable, SnapshotTables } from '../../contracts/backend.js';
import type { PipelineError } from '../../contracts/errors.js';
import type { MaterialisedView } from '../../contracts/feature-log.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import { putJsonBlob, readJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { snapshotManifest } from '../../datasets/snapshots/manifest.js';
import { selectRows, textColumn, timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { generatedTables, storeSnapshotOf } from '../../tests/support/generated-tables.js';
import { featureViews } from '../definitions/index.js';
import { createMemoryStore } from './memory-store.js';
import { type FeaturePush, type PushDeps, pushFeatures } from './push-features.js';
import { pushBody, type PushedRows } from './pushed-rows.js';

const USER = 'u000003';
const SOURCE = 'generated';
const view = featureViews[0]!;
const names: readonly BackendTable[] = ['users', 'accounts', 'transactions'];

let folder: string;
let blobs: BlobStore;
let tables: SnapshotTables;
let asOf: number;
let withheld: PushedRows;
let snapshotHash: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-push-'));
  blobs = createFileBlobStore(folder);
  const generated = generatedTables({ users: 12, months: 8 });
  tables = Object.fromEntries(names.map((name) => [name, generated.tables[name]!]));
  asOf = generated.asOf;
  const transactions = tables.transactions!;
  const [owners, times] = [textColumn(transactions, 'user_id'), timestampColumn(transactions, 'booked_at')];
  const isNew = (row: number): boolean => owners[row] === USER && times[row]! >= asOf - 20 * 86_400_000;
  const rows = [...owners.keys()];
  const known = {
    ...tables,
    transactions: selectRows(
      transactions,
      rows.filter((row) => !isNew(row)),
    ),
  };
  withheld = { transactions: rows.filter(isNew).map(rowOf) };
  snapshotHash = await storeSnapshotOf(blobs, known, {
    asOf: asOf - 86_400_000,
    newest: asOf - 86_400_000,
    buckets: 4,
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A transaction as a backend sends it. */
function rowOf(row: number): Record<string, string | number | null> {
  const values = tableSpecs.transactions.columns.flatMap(({ name, type }): [string, string | number | null][] => {
    const value = tables.transactions!.columns[name]!.values[row]!;
    if (name === 'user_id') return [];
    if (typeof value === 'number' && Number.isNaN(value)) return [[name, null]];
    return [[name, type === 'timestamp' ? new Date(value).toISOString() : value]];
  });
  return Object.fromEntries(values);
}

const logOf = (hash: string) => ({
  listMaterialisations: () =>
    Promise.resolve([
      {
        source: SOURCE,
        view: view.name,
        version: 1,
        snapshotHash: hash,
        eventTime: asOf - 86_400_000,
      } as MaterialisedView,
    ]),
});
/** Hash of a snapshot that was erased, and of the one in its place. */
const ERASED = 'e'.repeat(64);
const snapshotLog: PushDeps['snapshotLog'] = {
  erased: (hash) =>
    Promise.resolve(
      hash === ERASED ? [{ hash, kind: 'snapshot', replacedBy: snapshotHash, erasedAt: new Date(asOf) }] : [],
    ),
};
const push = (given: Partial<FeaturePush> = {}, store = createMemoryStore(null), hash = snapshotHash) =>
  pushFeatures(
    { blobs, store, featureLog: logOf(hash), snapshotLog },
    { source: SOURCE, view, entityId: USER, rows: withheld, asOf, ...given },
  );

describe('pushFeatures', () => {
  it('gives what the view gives from a snapshot that has the rows, bit for bit, and writes it', async () => {
    expect(withheld.transactions!.length).toBeGreaterThan(3);
    const store = createMemoryStore(null);
    const pushed = await push({}, store);
    expect(pushed).toMatchObject({ stored: true, knownUntil: asOf - 86_400_000 });
    expect(pushed.value.features).toEqual(view.prepare(tables)(USER, asOf));
    expect(pushed.value.features).not.toEqual((await push({ rows: {} })).value.features);
    expect(await store.get(SOURCE, view.name, [USER])).toEqual([pushed.value]);
    expect(await push({}, store)).toEqual(pushed);
  });

  it('takes a pushed row in place of the stored one with its key, and the last of two', async () => {
    const own = [...textColumn(tables.transactions!, 'user_id').keys()].filter(
      (row) => tables.transactions!.columns.user_id!.values[row] === USER,
    );
    const corrected = { ...rowOf(own[0]!), amount: -1 };
    const rows = { transactions: [...withheld.transactions!, { ...corrected, amount: 5 }, corrected] };
    const once = { transactions: [...withheld.transactions!, corrected] };
    expect((await push({ rows })).value).toEqual((await push({ rows: once })).value);
  });

  it('reads what is left of a snapshot that a customer was erased from', async () => {
    expect((await push({}, undefined, ERASED)).value).toEqual((await push()).value);
  });

  it('leaves a later value in place', async () => {
    const store = createMemoryStore(null);
    const later = await push({ asOf: asOf + 1 }, store);
    expect(await push({}, store)).toEqual({ ...later, stored: false });
  });

  it('refuses rows of the future, unknown customers and views that were never materialised', async () => {
    await expect(push({ asOf: asOf - 15 * 86_400_000 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(push({ entityId: 'nobody' })).rejects.toMatchObject({ code: 'ENTITY_NOT_FOUND' });
    await expect(push({ source: SOURCE, view: { ...view, version: 2 } })).rejects.toMatchObject({
      code: 'ENTITY_NOT_FOUND',
    });
  });

  it('refuses a source whose policy changes a column that the view reads', async () => {
    const manifest = await readJsonBlob(blobs, snapshotHash, { schema: snapshotManifest, what: 'snapshot' });
    const policy = { tables: { transactions: { merchant: 'hash' } }, keyVersion: 1 };
    const { hash } = await putJsonBlob(blobs, { ...manifest, policy });
    const refused = await push({}, createMemoryStore(null), hash).catch((fault: unknown) => fault as PipelineError);
    expect(refused).toMatchObject({ code: 'PUSH_NOT_POSSIBLE', details: { columns: ['transactions.merchant'] } });
  });
});

describe('pushBody', () => {
  const schema = pushBody(view);
  const body = (change: object = {}, more: object = {}) => ({
    ...{ entity: USER, rows: { transactions: [{ ...withheld.transactions![0], ...change }] } },
    ...more,
  });

  it('takes rows as the source has them, without columns that the view does not read', () => {
    expect(schema.safeParse(body()).success).toBe(true);
    expect(schema.safeParse(body({ description: undefined, currency: undefined })).success).toBe(true);
    expect(schema.safeParse({ entity: USER, rows: {} }).success).toBe(true);
  });

  it.each([
    ['an unknown column', { colour: 'red' }, {}],
    ['a text as an amount', { amount: '12' }, {}],
    ['an amount beyond the bounds', { amount: 1e12 }, {}],
    ['an unknown category', { category: 'lottery' }, {}],
    ['a date without a time', { booked_at: '2026-11-01' }, {}],
    ['a row without its key', { id: undefined }, {}],
    ['another user in a row', { user_id: 'u000004' }, {}],
    ['rows of users', {}, { rows: { users: [] } }],
    ['a table that the view does not read', {}, { rows: { loans: [] } }],
    ['a moment that is none', {}, { asOf: 'now' }],
  ])('refuses %s', (_, change, more) => {
    expect(schema.safeParse(body(change, more)).success).toBe(false);
  });
});
