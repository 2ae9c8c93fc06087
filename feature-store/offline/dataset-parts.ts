import { join } from 'node:path';
import type { DatasetPart } from '../../contracts/activities.js';
import type { BackendTable, SnapshotTables, TableColumns } from '../../contracts/backend.js';
import type { BackendDataset, GroupedColumns, RowsByUser, SnapshotMoment } from '../../contracts/model-definition.js';
import type { Column, Table } from '../../contracts/table.js';
import { duckDbHash, NO_USER } from '../../datasets/snapshots/buckets.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { readParquet } from '../../datasets/snapshots/parquet-file.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { loadSnapshotTables } from '../../datasets/snapshots/read-snapshot.js';
import { encodedColumn, numberColumn, timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { computeGrouped } from '../definitions/rows-by-user.js';
import { unionOfColumns } from '../definitions/table-columns.js';
import { joinPointInTime } from './join-point-in-time.js';
import { requireNoGroupLeak, requireNoLeak } from './leak-test.js';

/** Rows of one group computation, about: bounds its memory. */
const ROWS_A_GROUPING = 1_000_000;

/** Rows of a part that are tested for leaks; a data set has a part for each bucket. */
const SAMPLE_OF_PART = 4;

/** The moment that rows of a snapshot are read as of. */
export function momentOfSnapshot({ asOf, source, timeZone, tables }: SnapshotManifest): SnapshotMoment {
  const newest = tables.find(({ table }) => table === 'transactions')?.eventTime?.to;
  return { asOf, source, timeZone, ...(newest !== undefined && { newestTransaction: newest }) };
}

/** Columns that a model's rows and views read. */
export const columnsOf = ({ columns, views }: BackendDataset): TableColumns =>
  unionOfColumns([columns, ...views.map((view) => view.columns)]);

const pickTables = (columns: TableColumns, isWanted: (table: BackendTable) => boolean): TableColumns =>
  Object.fromEntries(Object.entries(columns).filter(([table]) => isWanted(table as BackendTable)));

/** The tables of one bucket; those that a model wants whole have all rows. */
export async function loadBucket(
  blobs: BlobStore,
  { hash, bucket }: { readonly hash: string; readonly bucket: number },
  backend: BackendDataset & { readonly byUser: RowsByUser },
): Promise<SnapshotTables> {
  const columns = columnsOf(backend);
  const { whole = [], carried } = backend.byUser;
  const own = pickTables(columns, (table) => !whole.includes(table));
  const shared = pickTables(columns, (table) => whole.includes(table));
  return {
    ...(await loadSnapshotTables(blobs, hash, { columns: own, carried, buckets: [bucket] })),
    ...(whole.length === 0 ? {} : await loadSnapshotTables(blobs, hash, { columns: shared })),
  };
}

/** Columns of a part beside those of the schema: which row it is among those of all parts, and of which section. */
export const ROW = 'part_row';
export const SECTION = 'part_section';

/** Row numbers of one bucket lie below this. */
const ROWS_OF_A_BUCKET = 2 ** 32;

/** Where the rows of a section stand. */
interface SectionPlace {
  readonly bucket: number;
  readonly section: number;
  /** Number of rows in the sections before it. */
  readonly start: number;
}

/** Columns of the schema that the rows of users have (those over groups of rows come later), and the rows' places. */
function partOf(table: Table, { schema, byUser }: BackendDataset, { bucket, section, start }: SectionPlace): Table {
  const later = byUser?.grouped?.adds ?? [];
  const names = schema.columns.map(({ name }) => name).filter((name) => !later.includes(name));
  const columns = names.map((name): [string, Column] => [name, table.columns[name]!]);
  const first = (bucket - NO_USER) * ROWS_OF_A_BUCKET + start;
  const rows = Float64Array.from({ length: table.rowCount }, (_, row) => first + row);
  const places = {
    [ROW]: { kind: 'number', values: rows },
    [SECTION]: { kind: 'number', values: new Float64Array(table.rowCount).fill(section) },
  } as const;
  return { rowCount: table.rowCount, columns: { ...Object.fromEntries(columns), ...places } };
}

/** Where training rows are read from and stored. */
export interface PartContext {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly manifest: SnapshotManifest;
  readonly backend: BackendDataset & { readonly byUser: RowsByUser };
  readonly onStep?: ReportStep;
}

/**
 * Builds and stores the training rows of the users of one bucket, without columns over groups of rows. Idempotent.
 * Memory: the columns of the bucket that the model reads.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `MISSING_COLUMN`, `CONFLICT`,
 *   `FEATURE_LEAK`.
 */
export async function buildDatasetPart(
  { blobs, snapshotHash, manifest, backend, onStep = unreported }: PartContext,
  bucket: number,
): Promise<DatasetPart> {
  await onStep(`reading bucket ${bucket}`, 0, 2);
  const tables = await loadBucket(blobs, { hash: snapshotHash, bucket }, backend);
  await onStep(`rows of bucket ${bucket}`, 1, 2);
  const snapshot = momentOfSnapshot(manifest);
  const { sections, counts } = backend.byUser.rows(tables, snapshot);
  const stored: DatasetPart['sections'] = [];
  let start = 0;
  for (const [section, rows] of sections.entries()) {
    const place = { bucket, section, start };
    const joined = joinPointInTime(rows, backend.views, tables);
    requireNoLeak({ backend, tables, snapshot, rows: joined, seed: snapshotHash, sample: SAMPLE_OF_PART });
    const table = partOf(joined, backend, place);
    start += table.rowCount;
    const { hash } = await putTable(blobs, table, { compression: 'snappy' });
    stored.push({ hash, rows: table.rowCount });
  }
  return { bucket, sections: stored, counts: { ...counts } };
}

/** The files of all parts by ascending bucket, whatever the order of the parts. */
export async function partFiles(blobs: BlobStore, parts: readonly DatasetPart[]): Promise<string[]> {
  const ordered = [...parts].sort((a, b) => a.bucket - b.bucket);
  return Promise.all(ordered.flatMap(({ sections }) => sections.map(({ hash }) => blobs.localPath(hash))));
}

/** In how many parts the columns over groups of rows are computed; a power of two. */
export function groupingCount({ tables }: Pick<SnapshotManifest, 'tables'>): number {
  const rows = tables.reduce((most, table) => Math.max(most, table.rows), 0);
  let count = 1;
  while (count * ROWS_A_GROUPING < rows) count *= 2;
  return count;
}

/**
 * Computes the columns over groups for a part of the groups, and stores them by the number of the row in all parts.
 * Idempotent. Memory: three numbers a row, and the added columns, of that part.
 * @param part.index - 0 ≤ index < count. @returns hash of the table.
 */
export function buildGroupedPart(
  { blobs, grouped }: { readonly blobs: BlobStore; readonly grouped: GroupedColumns },
  files: readonly string[],
  { index, count }: { readonly index: number; readonly count: number },
): Promise<string> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'rows.parquet');
    // Rows of no group are in the first part, so that every row is in one.
    const isOwn = `coalesce(${duckDbHash(quoteName(grouped.by))}, 0) % ${count} = ${index}`;
    const read = [ROW, grouped.by, grouped.time, grouped.value].map(quoteName).join(', ');
    await withDuckDb((connection) =>
      connection.run(
        `copy (select ${read} from ${parquetRows(files)} where ${isOwn})
         to ${quoteText(path)} (format parquet, compression uncompressed)`,
      ),
    );
    const table = await readParquet([path], undefined, { encode: true });
    const values = table.columns[grouped.value]!;
    const computed = computeGrouped(grouped, {
      groups: encodedColumn(table, grouped.by),
      times: timestampColumn(table, grouped.time),
      values: values.kind === 'text' ? new Float64Array(table.rowCount) : values.values,
    });
    const added = grouped.adds.map((name, k): [string, Column] => [name, { kind: 'number', values: computed[k]! }]);
    const columns = Object.fromEntries(added);
    const seed = index.toString(16).padStart(8, '0');
    requireNoGroupLeak({ ...table, columns: { ...table.columns, ...columns } }, grouped, seed, SAMPLE_OF_PART);
    const row: Column = { kind: 'number', values: numberColumn(table, ROW) };
    const stored = { rowCount: table.rowCount, columns: { [ROW]: row, ...columns } };
    return (await putTable(blobs, stored, { compression: 'snappy' })).hash;
  });
}
