import type { BackendTable, TableColumns } from '../../contracts/backend.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { bucketOfPart } from './buckets.js';
import { firstRow, parquetRows, quoteName, withDuckDb } from './duckdb.js';
import type { SnapshotManifest } from './manifest.js';
import { snapshotFiles } from './read-snapshot.js';

/*
 * What results of a snapshot follow from, without the hash of its manifest: that one differs whenever the moment, the
 * snapshot before or the program does, though the rows are the same.
 */

type Content = Readonly<Record<string, unknown>>;

/**
 * What is stored of some tables of a snapshot. Equal values are equal rows, read under the same rules, whichever
 * snapshot they are in. The moment is left out, but of a snapshot of the past, whose notes name it.
 * @param bucket - the rows of this bucket alone. @default all rows, and the span of their events
 */
export function contentOfTables(manifest: SnapshotManifest, names: readonly BackendTable[], bucket?: number): Content {
  const { source, buckets, timeZone, dateOrder, policy, retrospective, asOf } = manifest;
  const tables = manifest.tables.filter(({ table }) => names.includes(table));
  return {
    ...{ source, buckets, timeZone, dateOrder, policy, retrospective: retrospective === true ? asOf : null },
    tables: tables.map(({ table, parts, eventTime }) => ({
      table,
      parts: parts
        .filter((part) => bucket === undefined || bucketOfPart(part) === bucket)
        .map((part) => [bucketOfPart(part), part.hash]),
      ...(bucket === undefined && { eventTime }),
    })),
  };
}

/** Newest value of a timestamp column over all rows of a table, in milliseconds; −Infinity without one. */
async function newestOf(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  table: BackendTable,
  column: string,
): Promise<number> {
  const stored = manifest.tables.find((one) => one.table === table);
  if (stored === undefined || stored.rows === 0) return -Infinity;
  if (tableSpecs[table].eventTime === column) return stored.eventTime?.to ?? -Infinity;
  const files = await snapshotFiles(blobs, manifest, table);
  const sql = `select max(epoch_ms(${quoteName(column)}))::double from ${parquetRows(files)}`;
  const [newest] = await withDuckDb((connection) => firstRow<[number | null]>(connection, sql));
  return newest ?? -Infinity;
}

/**
 * The moment of a snapshot as far as rows follow from it that compare it with some timestamps only.
 * @param columns - the compared ones; undefined: everything may depend on the moment.
 * @returns null once all values lie before the moment: every later one gives the same.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function momentComparedWith(
  blobs: BlobStore,
  manifest: SnapshotManifest,
  columns: TableColumns | undefined,
): Promise<number | null> {
  const { asOf } = manifest;
  if (columns === undefined) return asOf;
  for (const [table, names] of Object.entries(columns) as [BackendTable, readonly string[]][])
    for (const name of names) if ((await newestOf(blobs, manifest, table, name)) >= asOf) return asOf;
  return null;
}
