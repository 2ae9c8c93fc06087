import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import type { DatasetSchema } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { createFileBlobStore } from '../../platform/blobs/file-blob-store.js';
import { loadDataset, storeDataset } from './dataset-store.js';

const folder = mkdtempSync(join(tmpdir(), 'ml-datasets-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let blobs: BlobStore;
beforeEach(() => {
  blobs = createFileBlobStore(folder);
});

const schema: DatasetSchema = {
  modelName: 'credit-risk-scorer',
  line: 'default',
  key: 'id',
  label: 'id',
  task: 'binary-classification',
  minimumRows: 1,
  columns: [{ name: 'id', type: 'number', description: 'Key.' }],
} as unknown as DatasetSchema;

const tableOf = (first: number, rows = 3, columns = 1): Table => ({
  rowCount: rows,
  columns: Object.fromEntries(
    Array.from({ length: columns }, (_, i) => [
      i === 0 ? 'id' : `c${i}`,
      { kind: 'number', values: new Float64Array(rows).fill(first) },
    ]),
  ),
});

async function stored(table: Table): Promise<string> {
  const origin = { kind: 'file', fileHash: 'f'.repeat(64), fileName: 'x.csv', format: 'csv' } as const;
  const ref = { modelName: 'credit-risk-scorer', line: 'default', origin, notes: [] };
  return (await storeDataset(blobs, { table, schema, ref })).hash;
}

it('loadDataset reads the Parquet file of a dataset once for several calls', async () => {
  const hash = await stored(tableOf(1));
  const reads = vi.spyOn(blobs, 'localPath');
  const first = await loadDataset(blobs, hash);
  for (let i = 0; i < 3; i++) expect((await loadDataset(blobs, hash)).table).toBe(first.table);
  expect(reads).toHaveBeenCalledTimes(1);
});

it('loadDataset caches only the last dataset', async () => {
  const [a, b] = [await stored(tableOf(1)), await stored(tableOf(2))];
  const reads = vi.spyOn(blobs, 'localPath');
  await loadDataset(blobs, a);
  await loadDataset(blobs, b);
  expect((await loadDataset(blobs, b)).table.columns.id?.values[0]).toBe(2);
  expect(reads).toHaveBeenCalledTimes(2);
  expect((await loadDataset(blobs, a)).table.columns.id?.values[0]).toBe(1);
  expect(reads).toHaveBeenCalledTimes(3);
});

it('loadDataset does not cache a table of more than 8 million cells', async () => {
  const hash = await stored(tableOf(1, 400_001, 20));
  const reads = vi.spyOn(blobs, 'localPath');
  await loadDataset(blobs, hash);
  await loadDataset(blobs, hash);
  expect(reads).toHaveBeenCalledTimes(2);
});

it('loadDataset caches by store, and caches no failure', async () => {
  const hash = await stored(tableOf(1));
  await loadDataset(blobs, hash);
  const other = createFileBlobStore(join(folder, 'other'));
  for (let i = 0; i < 2; i++)
    await expect(loadDataset(other, hash)).rejects.toMatchObject({ code: 'DATASET_NOT_FOUND' });
});
