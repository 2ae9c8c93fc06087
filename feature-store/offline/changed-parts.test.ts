import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FeaturePart } from '../../contracts/activities.js';
import type { BackendTable, SnapshotTables } from '../../contracts/backend.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import type { Column, Table } from '../../contracts/table.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import { createRandom } from '../../learning/numeric/random/index.js';
import { concatTables, numberColumn, selectRows, textColumn, timestampColumn } from '../../learning/table.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { unreported } from '../../platform/child-process/report-step.js';
import { generatedTables, storeSnapshotOf } from '../../tests/support/generated-tables.js';
import { featureViews } from '../definitions/index.js';
import { changedUsers, hasChanged, whyIncomparable } from './changed-entities.js';
import { buildChangedParts, continuedBy, materialisationBuckets, mergeChangedParts } from './changed-parts.js';
import { loadFeatureSet } from './feature-set-store.js';
import { loadWholeView } from './whole-view.js';
import { readFeatures } from '../../tests/support/read-features.js';

const HOUR_MS = 3_600_000;
const names: readonly BackendTable[] = ['users', 'accounts', 'transactions', 'loans', 'loan_payments', 'credit_applications']; // prettier-ignore
const signal = new AbortController().signal;

let folder: string;
let blobs: BlobStore;
let tables: SnapshotTables;
let asOf: number;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ml-changed-'));
  blobs = createFileBlobStore(folder);
  const generated = generatedTables({ users: 40, months: 8 });
  tables = Object.fromEntries(names.map((name) => [name, generated.tables[name]!]));
  ({ asOf } = generated);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const store = (given: SnapshotTables, moment: number, buckets = 4): Promise<string> =>
  storeSnapshotOf(blobs, given, { asOf: moment, newest: moment - 1, buckets });

/** Rows of a table with some values of one column changed. */
function altered(table: Table, name: string, rows: readonly number[], change: (value: number) => number): Table {
  const column = table.columns[name] as Extract<Column, { kind: 'number' }>;
  const values = column.values.slice();
  for (const row of rows) values[row] = change(values[row]!);
  return { ...table, columns: { ...table.columns, [name]: { ...column, values } } };
}

/** A history of the same day: some transactions altered, removed and added, and a new user without rows. */
function nextTables(seed: number): { readonly tables: SnapshotTables; readonly touched: ReadonlySet<string> } {
  const random = createRandom(seed);
  const { transactions, users } = tables as Required<SnapshotTables>;
  const pick = (): number => random.integer(transactions.rowCount);
  const [changed, removed, copied] = [pick(), pick(), pick()];
  const owners = textColumn(transactions, 'user_id');
  const kept = Array.from({ length: transactions.rowCount }, (_, row) => row).filter((row) => row !== removed);
  const copy = selectRows(transactions, [copied]);
  const added = { ...copy, columns: { ...copy.columns, id: { kind: 'text', values: ['zz-added'] } as const } };
  const more = concatTables([
    selectRows(
      altered(transactions, 'amount', [changed], (x) => 2 * x - 7),
      kept,
    ),
    added,
  ]);
  const person = selectRows(users, [0]);
  const newcomer = { ...person, columns: { ...person.columns, id: { kind: 'text', values: ['zz-new'] } as const } };
  return {
    tables: { ...tables, transactions: more, users: concatTables([users, newcomer]) },
    touched: new Set([owners[changed]!, owners[removed]!, owners[copied]!, 'zz-new']),
  };
}

async function materialise(
  snapshotHash: string,
  bases: ReadonlyMap<string, string | null>,
  before: ReadonlyMap<string, string> = new Map(),
) {
  const views = featureViews.map((view) => ({ view, base: bases.get(view.name) ?? null }));
  const build = { blobs, snapshotHash, views, moments: null, signal, onStep: unreported };
  const parts: FeaturePart[] = [];
  for (const bucket of materialisationBuckets(await loadSnapshot(blobs, snapshotHash)))
    parts.push(...(await buildChangedParts(build, bucket)));
  return mergeChangedParts({ ...build, moment: null, continues: continuedBy(views, before) }, parts);
}

const basedOn = (hash: string) => new Map(featureViews.map(({ name }) => [name, hash]));
const setsOf = (hash: string) => new Map(featureViews.map((view) => [referenceOf(view), hash]));
/** Bit for bit; every NaN is the same. */
const bits = (values: Float64Array): string =>
  Buffer.from(values.map((value) => (Number.isNaN(value) ? Number.NaN : value)).buffer).toString('hex');

/** What the view's function gives at each entity's own moment, from all rows of a snapshot. */
function expectSameAsFull(view: FeatureView, all: SnapshotTables, found: Awaited<ReturnType<typeof readFeatures>>) {
  const compute = view.prepare(all);
  for (const [id, { eventTime, features }] of found)
    expect([id, bits(features)]).toEqual([id, bits(compute(id, eventTime))]);
}

describe('features of changed entities', () => {
  it.each([1, 4])(
    'with %i buckets, equal those of all rows, and only they are computed',
    async (buckets) => {
      for (const seed of [1, 2]) {
        const first = await store(tables, asOf, buckets);
        const { tables: later, touched } = nextTables(seed);
        const second = await store(later, asOf + HOUR_MS, buckets);
        const whole = await materialise(first, new Map());
        const changed = await materialise(second, basedOn(first), setsOf(whole.hash));
        for (const [i, view] of featureViews.entries()) {
          expect(whole.views[i]!.entities).toBe(40);
          expect(changed.views[i]!.entities).toBe(touched.size);
          const found = await readFeatures(blobs, changed.hash, view);
          expect(found.size).toBe(41);
          expectSameAsFull(view, later, found);
          const newer = [...found].filter(([, { eventTime }]) => eventTime === asOf + HOUR_MS).map(([id]) => id);
          expect(new Set(newer)).toEqual(touched);
        }
      }
    },
    60_000,
  );

  it('as of one moment, equal a computation of every entity', async () => {
    const first = await store(tables, asOf);
    const second = await store(nextTables(5).tables, asOf);
    const before = await materialise(first, new Map());
    const changed = await materialise(second, basedOn(first), setsOf(before.hash));
    const whole = await materialise(second, new Map());
    for (const view of featureViews) {
      const [some, all] = [await readFeatures(blobs, changed.hash, view), await readFeatures(blobs, whole.hash, view)];
      const written = (values: typeof all) => [...values].map(([id, { features }]) => [id, bits(features)]).sort();
      expect(written(some)).toEqual(written(all));
    }
  }, 60_000);

  it('are none where nothing changed, and the same bytes when they are computed twice', async () => {
    const first = await store(tables, asOf);
    const same = await store(tables, asOf + HOUR_MS);
    const whole = await materialise(first, new Map());
    expect(await materialise(first, new Map())).toEqual(whole);
    const nothing = await materialise(same, basedOn(first), setsOf(whole.hash));
    expect(nothing.views.map(({ entities }) => entities)).toEqual([0, 0]);
    expect((await readFeatures(blobs, nothing.hash, featureViews[0]!)).size).toBe(40);
  }, 60_000);

  it('as of past moments are those of the history before them', async () => {
    const hash = await store(tables, asOf);
    const moments = [asOf - 90 * 24 * HOUR_MS, asOf - 24 * HOUR_MS];
    const view = featureViews[0]!;
    const build = { blobs, snapshotHash: hash, views: [{ view, base: null }], moments, signal, onStep: unreported };
    const parts = [];
    for (const bucket of [0, 1, 2, 3]) parts.push(await buildChangedParts(build, bucket));
    for (const [i, moment] of moments.entries()) {
      const own = parts.map((each) => each[i]!);
      const set = await mergeChangedParts({ ...build, moment, continues: {} }, own);
      const found = await readFeatures(blobs, set.hash, view);
      expect(new Set([...found.values()].map(({ eventTime }) => eventTime))).toEqual(new Set([moment]));
      expectSameAsFull(view, tables, found);
    }
  }, 60_000);
});

describe('loadWholeView', () => {
  it('has the newest values of every user of the snapshot, without one that has gone', async () => {
    const { tables: later, touched } = nextTables(3);
    const [gone] = textColumn(tables.users!, 'id').filter((id) => !touched.has(id!));
    const kept = textColumn(later.users!, 'id').flatMap((id, row) => (id === gone ? [] : [row]));
    const first = await store(tables, asOf);
    const second = await store({ ...later, users: selectRows(later.users!, kept) }, asOf + HOUR_MS);
    const whole = await materialise(first, new Map());
    const changed = await materialise(second, basedOn(first), setsOf(whole.hash));
    for (const view of featureViews) {
      const table = await loadWholeView(blobs, await loadFeatureSet(blobs, changed.hash), view);
      const wanted = await readFeatures(blobs, changed.hash, view);
      expect(wanted.delete(gone!)).toBe(true);
      const times = timestampColumn(table!, 'event_time');
      const found = textColumn(table!, 'entity_id').map((id, row) => {
        const features = Float64Array.from(view.fields, ({ name }) => numberColumn(table!, name)[row]!);
        return [id, { viewVersion: view.version, eventTime: times[row]!, features }] as const;
      });
      expect(found).toHaveLength(40);
      expect(new Map(found)).toEqual(wanted);
    }
  }, 60_000);

  it('has nothing where an earlier set is no longer stored, or the view is another', async () => {
    const hash = await store(tables, asOf);
    const changed = await materialise(hash, basedOn(hash), setsOf('f'.repeat(64)));
    const set = await loadFeatureSet(blobs, changed.hash);
    expect(await loadWholeView(blobs, set, featureViews[0]!)).toBeNull();
    expect(await loadWholeView(blobs, set, { name: 'habits', version: 1 })).toBeNull();
  }, 60_000);
});

describe('comparison of snapshots', () => {
  it('finds the owner of a row that moves to another user, and the user it comes to', async () => {
    const transactions = tables.transactions!;
    const owners = [...textColumn(transactions, 'user_id')];
    const [from, to] = [owners[0]!, owners.find((id) => id !== owners[0])!];
    owners[0] = to;
    const moved = {
      ...transactions,
      columns: { ...transactions.columns, user_id: { kind: 'text', values: owners } as const },
    };
    const [first, second] = [await store(tables, asOf, 1), await store({ ...tables, transactions: moved }, asOf, 1)];
    const pair = { base: await loadSnapshot(blobs, first), next: await loadSnapshot(blobs, second) };
    expect(hasChanged(pair, featureViews[0]!, null)).toBe(true);
    expect(await changedUsers(blobs, pair, featureViews[0]!, null)).toEqual(new Set([from, to]));
  });

  it('is refused for another number of buckets or another query', async () => {
    const base = await loadSnapshot(blobs, await store(tables, asOf, 4));
    const view = featureViews[0]!;
    expect(whyIncomparable({ base, next: base }, view)).toBeNull();
    expect(whyIncomparable({ base, next: { ...base, buckets: 8 } }, view)).toBe('the number of buckets is another');
    const other = base.tables.map((each) =>
      each.table === 'accounts' ? { ...each, queryHash: 'b'.repeat(64) } : each,
    );
    expect(whyIncomparable({ base, next: { ...base, tables: other } }, view)).toBe(
      'accounts was read by another query or policy',
    );
  });
});
