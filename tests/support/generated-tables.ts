import type { ExtractedTable } from '../../contracts/activities.js';
import { type BackendTable, backendTables, type SnapshotTables } from '../../contracts/backend.js';
import { backendTable } from '../../bench/support/backend-table.js';
import { type GeneratorOptions, generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { emptyRows } from '../../datasets/sources/backend/generator/rows.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

/** A generated backend in memory: the tables of a snapshot at `asOf`, the end of its last day. */
export function generatedTables(options: GeneratorOptions): {
  readonly tables: SnapshotTables;
  readonly asOf: number;
} {
  const all = emptyRows();
  let asOf = 0;
  for (const { rows, end } of generateCustomers(options)) {
    for (const name of backendTables) for (const row of rows[name]) (all[name] as object[]).push(row);
    asOf = end;
  }
  return { tables: Object.fromEntries(backendTables.map((name) => [name, backendTable(name, all[name])])), asOf };
}

/** Stores a snapshot with these tables of a generated backend. @returns its hash. */
export async function storeGeneratedSnapshot(
  blobs: BlobStore,
  names: readonly BackendTable[],
  { asOf, ...options }: GeneratorOptions & { readonly asOf?: number },
): Promise<string> {
  const { tables, asOf: end } = generatedTables(options);
  const extracted: ExtractedTable[] = [];
  for (const table of names) {
    const found = tables[table]!;
    const parts = [{ ...(await putTable(blobs, found)), rows: found.rowCount }];
    const eventTime = { from: 0, to: end - 1 };
    extracted.push({ table, rows: found.rowCount, parts, eventTime, queryHash: 'a'.repeat(64) });
  }
  const facts = { source: 'generated', asOf: asOf ?? end, parent: null, codeVersion: 'test' };
  const manifest = { kind: 'snapshot', schemaVersion: 1, ...facts, tables: extracted };
  return (await putJsonBlob(blobs, manifest)).hash;
}
