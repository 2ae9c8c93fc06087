import { join } from 'node:path';
import type { BackendTable, SnapshotTables, TableColumns } from '../../contracts/backend.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import type { Column, Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { bucketOfPart, NO_USER } from './buckets.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from './duckdb.js';
import { loadSnapshot } from './load-snapshot.js';
import type { SnapshotManifest } from './manifest.js';
import type { ReadOptions } from './parquet.js';
import { readParquet } from './parquet-file.js';
import { putTable } from './put-table.js';

/** Which rows and columns of a snapshot are read. */
export type SnapshotSelection = {
  /** @default all buckets */
  readonly buckets?: readonly number[];
} & (
  | { readonly tables: readonly BackendTable[] }
  | {
      /** Columns by table, in this order; a table that is not named is not read. Texts that repeat are codes. */
      readonly columns: TableColumns;
      /** Those of them that are only carried over to another table. @default none */
      readonly carried?: TableColumns | undefined;
      /** `key`: all buckets in one order, sorted on disk. @default bucket by bucket */
      readonly order?: 'key';
    }
);

type StoredTable = SnapshotManifest['tables'][number];

const partsIn = ({ parts }: StoredTable, buckets: readonly number[] | undefined): StoredTable['parts'] =>
  buckets === undefined ? parts : parts.filter((part) => buckets.includes(bucketOfPart(part)));

function emptyColumn({ type }: ColumnSpec): Column {
  if (type === 'text' || type === 'category') return { kind: 'text', values: [] };
  return { kind: type === 'timestamp' ? 'timestamp' : 'number', values: new Float64Array(0) };
}

/** A table without rows, with the columns of its spec. */
export const emptyTable = (table: BackendTable): Table => ({
  rowCount: 0,
  columns: Object.fromEntries(tableSpecs[table].columns.map((column) => [column.name, emptyColumn(column)])),
});

async function pathsOf(blobs: BlobStore, parts: StoredTable['parts'], table: BackendTable): Promise<string[]> {
  if (parts.length > 0) return Promise.all(parts.map(({ hash }) => blobs.localPath(hash)));
  return [await blobs.localPath((await putTable(blobs, emptyTable(table))).hash)];
}

/**
 * Local Parquet files with the rows of a table, by ascending bucket and each in key order, for SQL over
 * `read_parquet([…])`. There is always one: a file without rows where the buckets have none. No file for a table that
 * the snapshot does not contain.
 * @param buckets - @default all buckets
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function snapshotFiles(
  blobs: BlobStore,
  { tables }: Pick<SnapshotManifest, 'tables'>,
  table: BackendTable,
  buckets?: readonly number[],
): Promise<string[]> {
  const stored = tables.find((candidate) => candidate.table === table);
  return stored === undefined ? [] : pathsOf(blobs, partsIn(stored, buckets), table);
}

interface WantedColumns extends ReadOptions {
  /** All buckets in one order. */
  readonly inOrder?: boolean;
  /** Undefined: all. */
  readonly columns?: readonly string[] | undefined;
}

/** Null: the table is not read. */
function wantedOf(selection: SnapshotSelection, table: BackendTable): WantedColumns | null {
  if ('tables' in selection) return selection.tables.includes(table) ? {} : null;
  const columns = selection.columns[table];
  if (columns === undefined) return null;
  const inOrder = selection.order === 'key';
  return { columns, inOrder, encode: true, carried: inOrder ? [] : (selection.carried?.[table] ?? []) };
}

/** Rows of several files in the order of the bytes of `id`, which is the order of the source. @param columns - @default all */
const readSorted = (
  paths: readonly string[],
  columns: readonly string[] | undefined,
  options: ReadOptions,
): Promise<Table> =>
  withTemporaryFolder(async (folder) => {
    const sorted = join(folder, 'sorted.parquet');
    const selected = columns?.map(quoteName).join(', ') ?? '*';
    await withDuckDb((connection) =>
      connection.run(
        `copy (select ${selected} from ${parquetRows(paths)} order by id)
         to ${quoteText(sorted)} (format parquet, compression snappy)`,
      ),
    );
    return readParquet([sorted], columns, options);
  });

/** True where rows without a user and those of the only bucket are read together: as in a snapshot of one file. */
const isMixed = (parts: StoredTable['parts'], buckets: number | undefined): boolean =>
  buckets === 1 && parts.length > 1 && parts.some((part) => bucketOfPart(part) === NO_USER);

async function readTable(
  blobs: BlobStore,
  { table, parts, mixed }: Pick<StoredTable, 'table' | 'parts'> & { readonly mixed: boolean },
  { columns, inOrder = false, ...options }: WantedColumns,
): Promise<Table> {
  const paths = await pathsOf(blobs, parts, table);
  // Carried columns keep the order of their files, so they are read where the order changes.
  if (mixed || (inOrder && paths.length > 1)) return readSorted(paths, columns, { ...options, carried: [] });
  return readParquet(paths, columns, options);
}

/**
 * Reads tables of a snapshot: the buckets in ascending order, each in key order; a snapshot of one bucket in key order
 * as a whole. Memory: the selected columns of the selected buckets. A table that the snapshot does not contain is absent
 * from the result.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `MISSING_COLUMN`.
 */
export async function loadSnapshotTables(
  blobs: BlobStore,
  hash: string,
  selection: SnapshotSelection,
): Promise<SnapshotTables> {
  const manifest = await loadSnapshot(blobs, hash);
  const loaded: Partial<Record<BackendTable, Table>> = {};
  for (const stored of manifest.tables) {
    const wanted = wantedOf(selection, stored.table);
    if (wanted === null) continue;
    const parts = partsIn(stored, selection.buckets);
    const mixed = isMixed(parts, manifest.buckets);
    loaded[stored.table] = await readTable(blobs, { table: stored.table, parts, mixed }, wanted);
  }
  return loaded;
}
