import type { BackendTable } from '../../contracts/backend.js';
import type { Column, Table } from '../../contracts/table.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import type { SnapshotLog } from '../../datasets/snapshots/snapshot-log.js';
import { commitSnapshot } from '../../datasets/snapshots/snapshot-store.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { sha256 } from '../../platform/blobs/hash.js';

type Row = Readonly<Record<string, string | number | null>>;

/** Rows as a table with the columns of a backend table; what a row does not give is missing. */
export function backendTableOf(table: BackendTable, rows: readonly Row[]): Table {
  const columns = tableSpecs[table].columns.map(({ name, type }): [string, Column] => {
    const values = rows.map((row) => row[name] ?? null);
    if (type === 'text' || type === 'category')
      return [name, { kind: 'text', values: values.map((value) => (value === null ? null : String(value))) }];
    const numbers = Float64Array.from(values, (value) => (value === null ? Number.NaN : Number(value)));
    return [name, { kind: type === 'timestamp' ? 'timestamp' : 'number', values: numbers }];
  });
  return { rowCount: rows.length, columns: Object.fromEntries(columns) };
}

/** Stores a snapshot of these tables, each given as its parts. @returns the snapshot's hash. */
export async function storeTables(
  { blobs, log }: { readonly blobs: BlobStore; readonly log: SnapshotLog },
  runKey: string,
  tables: Partial<Record<BackendTable, readonly Table[]>>,
  source = 'shop',
): Promise<string> {
  const extracted = [];
  for (const [table, pieces] of Object.entries(tables) as [BackendTable, readonly Table[]][]) {
    const parts = [];
    for (const piece of pieces) parts.push({ ...(await putTable(blobs, piece)), rows: piece.rowCount });
    const rows = parts.reduce((sum, part) => sum + part.rows, 0);
    extracted.push({ table, rows, parts, eventTime: null, queryHash: sha256(table) });
  }
  const order = { blobs, log, runKey, source, asOf: Date.UTC(2026, 10, 1), codeVersion: 'test', tables: extracted };
  return (await commitSnapshot(order)).hash;
}
