import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { backendTables } from '../../contracts/backend.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { generatedTables, storeGeneratedSnapshot } from '../../tests/support/generated-tables.js';
import { bucketOf, NO_USER, snapshotBuckets } from './buckets.js';
import { loadSnapshot } from './load-snapshot.js';
import { readParquet } from './parquet-file.js';
import { loadSnapshotTables, snapshotFiles } from './read-snapshot.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-read-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const blobs = createFileBlobStore(folder);

const options = { users: 12, months: 6 };
const { tables } = generatedTables(options);
let first: string;
let one: string;
let four: string;
beforeAll(async () => {
  first = await storeGeneratedSnapshot(blobs, backendTables, options);
  one = await storeGeneratedSnapshot(blobs, backendTables, { ...options, buckets: 1 });
  four = await storeGeneratedSnapshot(blobs, backendTables, { ...options, buckets: 4 });
});

const idsOf = (found: { readonly columns: (typeof tables.users & object)['columns'] } | undefined) =>
  found!.columns.id!.values as readonly string[];

describe('loadSnapshotTables', () => {
  it('reads a snapshot of one bucket as one of the first version', async () => {
    const [before, after] = await Promise.all([first, one].map((hash) => loadSnapshotTables(blobs, hash, { tables: ['users', 'transactions', 'accounts'] }))); // prettier-ignore
    expect(after).toEqual(before);
  });

  it('reads rows with and without a user of one bucket in key order', async () => {
    const { prediction_feedback: found } = await loadSnapshotTables(blobs, one, { tables: ['prediction_feedback'] });
    const ids = [...idsOf(found)];
    expect(ids).toEqual([...idsOf(tables.prediction_feedback)].sort());
    const columns = { prediction_feedback: ['verdict'] };
    const verdicts = (await loadSnapshotTables(blobs, one, { columns })).prediction_feedback;
    expect(verdicts?.columns).toEqual({ verdict: found!.columns.verdict });
  });

  it('concatenates the buckets in ascending order', async () => {
    const { transactions } = await loadSnapshotTables(blobs, four, { tables: ['transactions'] });
    const users = transactions!.columns.user_id!.values as readonly string[];
    const buckets = users.map((user) => bucketOf(user, 4));
    expect(buckets).toEqual([...buckets].sort());
    expect([...idsOf(transactions)].sort()).toEqual([...idsOf(tables.transactions)].sort());
  });

  it('reads only the chosen columns of the chosen buckets', async () => {
    const columns = { transactions: ['user_id', 'amount'], users: ['id'] };
    const loaded = await loadSnapshotTables(blobs, four, { columns, buckets: [1, 3] });
    expect(Object.keys(loaded)).toEqual(expect.arrayContaining(['transactions', 'users']));
    expect(Object.keys(loaded)).toHaveLength(2);
    expect(Object.keys(loaded.transactions!.columns)).toEqual(['user_id', 'amount']);
    for (const user of loaded.users!.columns.id!.values) expect([1, 3]).toContain(bucketOf(user as string, 4));
    const absent = loadSnapshotTables(blobs, four, { columns: { users: ['nothing'] } });
    await expect(absent).rejects.toMatchObject({ code: 'MISSING_COLUMN' });
  });

  it('reads a bucket without rows as a table with all columns', async () => {
    const { users } = await loadSnapshotTables(blobs, four, { tables: ['users'], buckets: [NO_USER] });
    expect(users).toMatchObject({ rowCount: 0 });
    expect(Object.keys(users!.columns)).toEqual(Object.keys(tables.users!.columns));
  });
});

describe('snapshotFiles', () => {
  it('are files by bucket, and one without rows where there are none', async () => {
    const manifest = await loadSnapshot(blobs, four);
    expect(snapshotBuckets(manifest)).toEqual([NO_USER, 0, 1, 2, 3]);
    expect(await snapshotFiles(blobs, manifest, 'transactions')).toHaveLength(4);
    const empty = await snapshotFiles(blobs, manifest, 'users', [NO_USER]);
    expect(empty).toHaveLength(1);
    expect((await readParquet(empty)).rowCount).toBe(0);
    expect(await snapshotFiles(blobs, { tables: [] }, 'users')).toEqual([]);
  });
});
