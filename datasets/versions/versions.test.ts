import fc from 'fast-check';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { VersionRecord } from '../../contracts/registry.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { createMemoryLog } from '../../tests/support/memory-snapshot-log.js';
import { backendTableOf, storeTables } from '../../tests/support/table-snapshots.js';
import { withDuckDb } from '../snapshots/duckdb.js';
import { readParquet } from '../snapshots/parquet-file.js';
import { loadSnapshot } from '../snapshots/snapshot-store.js';
import { checkoutSnapshot } from './checkout.js';
import { diffSnapshots } from './diff-snapshots.js';
import { findSnapshot } from './find-snapshot.js';
import { differingParts, sharedSize } from './parts.js';
import { overviewOf } from './snapshot-overview.js';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ml-versions-'))));
afterAll(() => rm(folder, { recursive: true, force: true }));

const stores = () => ({ blobs: createFileBlobStore(join(folder, 'store')), log: createMemoryLog() });

interface Customer {
  readonly id: string;
  readonly city?: string;
  readonly employment?: string;
  readonly created_at?: number;
}
const users = (rows: readonly Customer[]) =>
  backendTableOf(
    'users',
    rows.map((row) => ({ ...row })),
  );
const account = (id: string, limit: number | null, kind = 'card') => ({ id, user_id: 'u', credit_limit: limit, kind });

describe('findSnapshot', () => {
  it('takes a prefix of one hash, in any case, and refuses others', async () => {
    const { blobs, log } = stores();
    const hash = await storeTables({ blobs, log }, 'run-1', { users: [users([{ id: 'a' }])] });
    expect((await findSnapshot(log, hash.slice(0, 6).toUpperCase())).hash).toBe(hash);
    expect((await findSnapshot(log, hash)).hash).toBe(hash);
    await expect(findSnapshot(log, hash.slice(0, 3))).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(findSnapshot(log, 'not-hex')).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const other = hash.startsWith('0000') ? '1111' : '0000';
    await expect(findSnapshot(log, other)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
  });

  it('refuses a prefix of several hashes and names them', async () => {
    const log = createMemoryLog();
    const record = { source: 'shop', asOf: 1, rows: {} };
    const [first, second] = [`abcd1${'0'.repeat(59)}`, `abcd2${'0'.repeat(59)}`];
    await log.record({ ...record, runKey: 'one', hash: first });
    await log.record({ ...record, runKey: 'two', hash: second });
    await log.record({ ...record, runKey: 'three', hash: second });
    await expect(findSnapshot(log, 'abcd')).rejects.toThrow(/abcd2000000000.*abcd1000000000/);
    expect((await findSnapshot(log, 'abcd2')).runKey).toBe('three');
  });
});

describe('overviewOf', () => {
  it('tells parent, shared and own size, and the versions that were trained on a snapshot', async () => {
    const { blobs, log } = stores();
    const fixed = users([{ id: 'fixed' }]);
    const first = await storeTables({ blobs, log }, 'run-1', { users: [fixed, users([{ id: 'x' }])] });
    const second = await storeTables({ blobs, log }, 'run-2', { users: [fixed, users([{ id: 'y' }])] });
    const origin = { kind: 'snapshot', snapshotHash: second, source: 'shop' };
    const version = { modelName: 'spending-predictor', line: 'shop', version: '1.0.0', dataset: { origin } };
    const versions = [version as unknown as VersionRecord];
    const [newest, oldest] = await overviewOf(blobs, await log.list(), versions);
    expect([newest!.hash, newest!.parent]).toEqual([second, first]);
    expect(newest!.pinnedBy).toEqual(['spending-predictor shop 1.0.0']);
    const [shared, own] = (await loadSnapshot(blobs, second)).tables[0]!.parts.map(({ bytes }) => bytes);
    expect(newest!.size).toEqual({ shared, own });
    expect(oldest!.parent).toBeNull();
    expect(oldest!.pinnedBy).toEqual([]);
    expect(sharedSize(await loadSnapshot(blobs, first), null).shared).toBe(0);
    await rm(await blobs.localPath(first), { force: true });
    expect((await overviewOf(blobs, await log.list(), [])).at(-1)).toMatchObject({ parent: null, size: null });
  });
});

describe('differingParts', () => {
  const part = (hash: string, bucket: number) => ({ table: 'users' as const, hash, bucket, rows: 1, bytes: 1 });

  it('leaves out what both have, and groups by bucket only where the buckets are the same', () => {
    const before = [part('a', 0), part('b', 1), part('c', 2)];
    const after = [part('a', 0), part('d', 1), part('e', 2)];
    expect(differingParts(before, after, true)).toEqual([
      { before: [before[1]], after: [after[1]] },
      { before: [before[2]], after: [after[2]] },
    ]);
    expect(differingParts(before, after, false)).toEqual([{ before: before.slice(1), after: after.slice(1) }]);
    expect(differingParts(before, before, true)).toEqual([]);
  });
});

describe('diffSnapshots', () => {
  it('counts rows that were added, removed and changed, and the changed columns', async () => {
    const { blobs, log } = stores();
    const loans = [backendTableOf('loans', [{ id: 'l' }])];
    const before = await storeTables({ blobs, log }, 'run-1', {
      loans,
      users: [
        users([
          { id: 'a', city: 'Pune' },
          { id: 'b', city: 'Pune' },
        ]),
        users([{ id: 'c' }]),
      ],
    });
    const after = await storeTables({ blobs, log }, 'run-2', {
      loans,
      users: [users([{ id: 'b', city: 'Agra' }, { id: 'c' }]), users([{ id: 'd' }, { id: 'e' }])],
      accounts: [backendTableOf('accounts', [account('k', 1)])],
    });
    const { tables, before: from } = await diffSnapshots(blobs, before, after);
    expect(from).toEqual({ hash: before, source: 'shop', asOf: Date.UTC(2026, 10, 1) });
    const found = Object.fromEntries(tables.map((table) => [table.table, table]));
    expect(found.users).toMatchObject({ added: 2, removed: 1, changed: 1, changedColumns: { city: 1 } });
    expect(found.users!.rows).toEqual({ before: 3, after: 4 });
    expect(found.loans).toMatchObject({ partsCompared: 0, added: 0, removed: 0, changed: 0 });
    expect(found.accounts).toMatchObject({ rows: { before: null, after: 1 }, added: 1 });
    expect((await diffSnapshots(blobs, after, before)).tables.find(({ table }) => table === 'accounts')).toMatchObject({
      added: 0,
      removed: 1,
    });
  });

  it('equals a comparison row by row, whatever the division into parts', async () => {
    const row = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      city: fc.option(fc.constantFrom('', 'x', 'ä')),
    });
    const rows = fc.uniqueArray(row, { selector: ({ id }) => id, maxLength: 8 });
    const { blobs, log } = stores();
    let run = 0;
    const property = fc.asyncProperty(rows, rows, fc.nat(8), fc.nat(8), async (old, now, cutOld, cutNow) => {
      const hashes = [];
      for (const [list, cut] of [
        [old, cutOld],
        [now, cutNow],
      ] as const) {
        const pieces = [list.slice(0, cut), list.slice(cut)].map((piece) => backendTableOf('users', piece));
        hashes.push(await storeTables({ blobs, log }, `run-${(run += 1)}`, { users: pieces }));
      }
      const { tables } = await diffSnapshots(blobs, hashes[0]!, hashes[1]!);
      const [was, is] = [old, now].map((list) => new Map(list.map(({ id, city }) => [id, city])));
      expect(tables[0]).toMatchObject({
        added: [...is!.keys()].filter((id) => !was!.has(id)).length,
        removed: [...was!.keys()].filter((id) => !is!.has(id)).length,
        changed: [...is!].filter(([id, city]) => was!.has(id) && was!.get(id) !== city).length,
      });
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('ranks distributions, names documented categories only, and leaves out keys and moments', async () => {
    const { blobs, log } = stores();
    const people = (name: string, employment: string, city: string) =>
      Array.from({ length: 200 }, (_, i) => ({ id: `${name}${i}`, employment, city: city.repeat(1 + (i % 7)) }));
    const accounts = (from: number) =>
      backendTableOf(
        'accounts',
        Array.from({ length: 200 }, (_, i) => account(`a${i}`, from + i, 'credit_card')),
      );
    const before = await storeTables({ blobs, log }, 'run-1', {
      users: [users(people('p', 'salaried', 'x'))],
      accounts: [accounts(0)],
    });
    const after = await storeTables({ blobs, log }, 'run-2', {
      users: [users(people('q', 'retired', 'y'))],
      accounts: [accounts(1_000)],
    });
    const { drift } = await diffSnapshots(blobs, before, after);
    const found = Object.fromEntries(drift.map((one) => [`${one.table}.${one.column}`, one]));
    expect(found['users.employment']).toMatchObject({ newCategories: ['retired'], goneCategories: ['salaried'] });
    expect(found['accounts.credit_limit']!.of).toBe('values');
    expect(found['accounts.credit_limit']!.psi).toBeGreaterThan(1);
    // Both are uniform over 200 whole numbers, of variance (200² − 1) / 12 · 200 / 199.
    expect(found['accounts.credit_limit']!.standardisedDifference).toBeCloseTo(1000 / Math.sqrt(3350), 6);
    expect(found['users.city']).toMatchObject({ of: 'lengths', psi: 0, standardisedDifference: 0 });
    expect(Object.keys(found)).not.toContain('users.id');
    expect(Object.keys(found)).not.toContain('users.created_at');
    expect(drift.map(({ psi }) => psi)).toEqual(drift.map(({ psi }) => psi).sort((a, b) => b - a));
    expect(JSON.stringify(drift)).not.toMatch(/"[xy]+"/);
  });

  it('counts missing values, also of a column that is missing everywhere', async () => {
    const { blobs, log } = stores();
    const accounts = (limits: readonly (number | null)[]) =>
      backendTableOf(
        'accounts',
        limits.map((limit, i) => account(`a${i}`, limit)),
      );
    const before = await storeTables({ blobs, log }, 'run-1', { accounts: [accounts([null, null])] });
    const after = await storeTables({ blobs, log }, 'run-2', { accounts: [accounts([null, 5])] });
    const { drift } = await diffSnapshots(blobs, before, after);
    const limit = drift.find(({ column }) => column === 'credit_limit')!;
    expect(limit.missing).toEqual({ before: 1, after: 0.5 });
    expect(limit.standardisedDifference).toBeNull();
    expect(limit.psi).toBeGreaterThan(1);
  });
});

describe('checkoutSnapshot', () => {
  const rows = [
    { id: 'a', city: 'Köln, "Süd"\nzwei', created_at: Date.UTC(2026, 1, 3, 4, 5, 6, 789) },
    { id: 'b', city: '', created_at: -1 },
    { id: 'c' },
  ];

  async function stored() {
    const { blobs, log } = stores();
    const tables = { users: [users(rows.slice(0, 2)), users(rows.slice(2))] };
    return { blobs, hash: await storeTables({ blobs, log }, 'run-1', tables) };
  }

  it('writes the parts of each table as they are stored, for the owner alone', async () => {
    const { blobs, hash } = await stored();
    const target = join(folder, 'parquet');
    await mkdir(target);
    const written = await checkoutSnapshot(blobs, hash, { target, format: 'parquet' });
    expect(written).toMatchObject({ folder: target, tables: [{ table: 'users', rows: 3, files: 2 }] });
    const files = ['part-0000.parquet', 'part-0001.parquet'].map((name) => join(target, 'users', name));
    expect(await readParquet(files)).toEqual(users(rows));
    expect((await stat(files[0]!)).mode & 0o777).toBe(0o600);
    expect((await stat(target)).mode & 0o777).toBe(0o700);
    expect(JSON.parse(await readFile(join(target, 'snapshot.json'), 'utf8'))).toMatchObject({ hash, source: 'shop' });
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('writes CSV that tells a missing text from an empty one and keeps milliseconds', async () => {
    const { blobs, hash } = await stored();
    const target = join(folder, 'csv');
    await checkoutSnapshot(blobs, hash, { target, format: 'csv' });
    expect(await readdir(target)).toEqual(['snapshot.json', 'users.csv']);
    const found = await withDuckDb(async (connection) => {
      const options = "header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false";
      const sql = `select id, city, created_at from read_csv('${join(target, 'users.csv')}', ${options})`;
      return (await connection.runAndReadAll(sql)).getRowsJS();
    });
    expect(found).toEqual([
      ['a', 'Köln, "Süd"\nzwei', '2026-02-03T04:05:06.789Z'],
      ['b', '', '1969-12-31T23:59:59.999Z'],
      ['c', null, null],
    ]);
  });

  it('refuses a folder that holds something and a file, and writes nothing', async () => {
    const { blobs, hash } = await stored();
    const target = join(folder, 'full');
    await mkdir(target);
    await writeFile(join(target, 'mine'), 'x');
    const refused = { code: 'INVALID_INPUT' };
    await expect(checkoutSnapshot(blobs, hash, { target, format: 'csv' })).rejects.toMatchObject(refused);
    const file = join(target, 'mine');
    await expect(checkoutSnapshot(blobs, hash, { target: file, format: 'csv' })).rejects.toMatchObject(refused);
    const below = join(target, 'mine', 'below');
    await expect(checkoutSnapshot(blobs, hash, { target: below, format: 'csv' })).rejects.toMatchObject(refused);
    expect(await readdir(target)).toEqual(['mine']);
  });

  it('leaves no folder when a part is lost', async () => {
    const { blobs, hash } = await stored();
    const [part] = (await loadSnapshot(blobs, hash)).tables[0]!.parts;
    await rm(await blobs.localPath(part!.hash), { force: true });
    const target = join(folder, 'lost');
    const lost = checkoutSnapshot(blobs, hash, { target, format: 'parquet' });
    await expect(lost).rejects.toMatchObject({ code: 'BLOB_NOT_FOUND' });
    expect(await readdir(folder)).not.toContain('lost');
    expect((await readdir(folder)).filter((name) => name.startsWith('.lost'))).toEqual([]);
  });
});
