import { join } from 'node:path';
import type { DatasetRef } from '../../contracts/dataset.js';
import type { Column, Table } from '../../contracts/table.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import { readDataFile } from '../../datasets/sources/files/read-file.js';
import { findModel } from '../../models/catalogue.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { projectRoot } from '../../platform/project.js';

export const MODEL = 'credit-risk-scorer';
export const FILE_LINE = 'credit-applications';

const repeated = (column: Column, times: number): Column => {
  if (column.kind === 'text')
    return { kind: 'text', values: Array.from({ length: times }, () => column.values).flat() };
  const values = new Float64Array(column.values.length * times);
  for (let i = 0; i < times; i++) values.set(column.values, i * column.values.length);
  return { kind: column.kind, values };
};

/** The table repeated `times` times with unique keys: the same statistics, a longer training. */
function repeatTable(table: Table, times: number, key: string): Table {
  const columns = Object.entries(table.columns).map(([name, column]) => [name, repeated(column, times)] as const);
  const rowCount = table.rowCount * times;
  const keys: Column = { kind: 'text', values: Array.from({ length: rowCount }, (_, row) => `row-${row}`) };
  return { rowCount, columns: { ...Object.fromEntries(columns), [key]: keys } };
}

/** Stores the credit fixture as an imported file, enlarged when a test needs a longer training. */
export async function storeCreditDataset(blobs: BlobStore, times = 1): Promise<DatasetRef> {
  const model = await findModel(MODEL);
  const path = join(projectRoot, 'models', MODEL, 'fixtures', 'credit-applications.csv');
  const { format, table, fileHash, fileName } = await readDataFile(path, model.fileFormats);
  const enlarged = times === 1 ? table : repeatTable(table, times, format.schema.key);
  const origin = { kind: 'file' as const, fileHash, fileName, format: format.name };
  const { line } = format.schema;
  return storeDataset(blobs, {
    table: enlarged,
    schema: format.schema,
    ref: { modelName: MODEL, line, origin, notes: [] },
  });
}
