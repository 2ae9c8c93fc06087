import type { ExtractedTable } from '../../contracts/activities.js';
import { type BackendTable, backendTables, type SnapshotTables } from '../../contracts/backend.js';
import { backendTable } from '../../bench/support/backend-table.js';
import { type GeneratorOptions, generateCustomers } from '../../datasets/sources/backend/generator/index.js';
import { emptyRows } from '../../datasets/sources/backend/generator/rows.js';
import type { Table } from '../../contracts/table.js';
import { bucketOf, userColumnOf } from '../../datasets/snapshots/buckets.js';
import { putJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { selectRows, textColumn } from '../../learning/table.js';
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

/** Rows of a table by bucket, each in the order of the table; a table without rows has an empty part in bucket 0. */
function splitByBucket(name: BackendTable, table: Table, buckets: number): [number, Table][] {
  const column = userColumnOf(name);
  const users = column === null ? [] : textColumn(table, column);
  const rows = new Map<number, number[]>();
  for (let row = 0; row < table.rowCount; row++) {
    const bucket = bucketOf(users[row] ?? null, buckets);
    rows.set(bucket, [...(rows.get(bucket) ?? []), row]);
  }
  if (rows.size === 0) return [[0, table]];
  return [...rows].sort(([a], [b]) => a - b).map(([bucket, chosen]) => [bucket, selectRows(table, chosen)]);
}

async function putParts(blobs: BlobStore, name: BackendTable, { table, buckets }: { table: Table; buckets?: number }) {
  if (buckets === undefined) return [{ ...(await putTable(blobs, table)), rows: table.rowCount }];
  const split = splitByBucket(name, table, buckets);
  return Promise.all(
    split.map(async ([bucket, part]) => ({ bucket, ...(await putTable(blobs, part)), rows: part.rowCount })),
  );
}

/**
 * Stores a snapshot with these tables of a generated backend.
 * @param options.buckets - a power of two; absent: a snapshot of the first version. @returns its hash.
 */
export async function storeGeneratedSnapshot(
  blobs: BlobStore,
  names: readonly BackendTable[],
  { asOf, buckets, ...options }: GeneratorOptions & { readonly asOf?: number; readonly buckets?: number },
): Promise<string> {
  const { tables, asOf: end } = generatedTables(options);
  const chosen = Object.fromEntries(names.map((name) => [name, tables[name]!]));
  return storeSnapshotOf(blobs, chosen, {
    asOf: asOf ?? end,
    newest: end - 1,
    ...(buckets !== undefined && { buckets }),
  });
}

/**
 * Stores a snapshot with these tables.
 * @param facts.newest - of every table's events, milliseconds. @param facts.buckets - as `storeGeneratedSnapshot`.
 * @returns its hash.
 */
export async function storeSnapshotOf(
  blobs: BlobStore,
  tables: SnapshotTables,
  { asOf, newest, buckets }: { readonly asOf: number; readonly newest: number; readonly buckets?: number },
): Promise<string> {
  const extracted: ExtractedTable[] = [];
  for (const [name, found] of Object.entries(tables) as [BackendTable, Table][]) {
    const parts = await putParts(blobs, name, { table: found, ...(buckets !== undefined && { buckets }) });
    const eventTime = { from: 0, to: newest };
    extracted.push({ table: name, rows: found.rowCount, parts, eventTime, queryHash: 'a'.repeat(64) });
  }
  const facts = { source: 'generated', asOf, parent: null, codeVersion: 'test' };
  const version = buckets === undefined ? { schemaVersion: 1 } : { schemaVersion: 2, buckets };
  return (await putJsonBlob(blobs, { kind: 'snapshot', ...version, ...facts, tables: extracted })).hash;
}
