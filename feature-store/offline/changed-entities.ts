import type { BackendTable, TableColumns } from '../../contracts/backend.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import { bucketOfPart, userColumnOf } from '../../datasets/snapshots/buckets.js';
import { parquetRows, quoteName, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { snapshotFiles } from '../../datasets/snapshots/read-snapshot.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { unionOfColumns } from '../definitions/table-columns.js';

/** Two snapshots of one source, the earlier first. */
export interface SnapshotPair {
  readonly base: SnapshotManifest;
  readonly next: SnapshotManifest;
}

type Read = Pick<FeatureView, 'tables' | 'columns'>;

/** What decides over a view's values: its columns, and which users there are. */
const columnsOf = ({ columns }: Read): TableColumns => unionOfColumns([{ users: ['id'] }, columns]);
const tablesOf = (view: Read): readonly BackendTable[] => Object.keys(columnsOf(view)) as BackendTable[];

type StoredTable = SnapshotManifest['tables'][number];

const tableOf = ({ tables }: SnapshotManifest, name: BackendTable): StoredTable | undefined =>
  tables.find(({ table }) => table === name);

/** What decides which rows and values a table has beside the rows of the source. */
const readingOf = (snapshot: SnapshotManifest, name: BackendTable): string =>
  JSON.stringify([tableOf(snapshot, name)?.queryHash ?? null, snapshot.policy ?? null]);

/**
 * Why the rows of two snapshots cannot be compared for a view; null: they can.
 */
export function whyIncomparable({ base, next }: SnapshotPair, view: Read): string | null {
  if ((base.buckets ?? 1) !== (next.buckets ?? 1)) return 'the number of buckets is another';
  const other = tablesOf(view).find((name) => readingOf(base, name) !== readingOf(next, name));
  return other === undefined ? null : `${other} was read by another query or policy`;
}

const hashesIn = (snapshot: SnapshotManifest, name: BackendTable, bucket: number | null): string =>
  (tableOf(snapshot, name)?.parts ?? [])
    .filter((part) => bucket === null || bucketOfPart(part) === bucket)
    .map(({ hash }) => hash)
    .join();

/** Tables of a view whose rows in a bucket differ. @param bucket - null: all rows. */
const changedTables = ({ base, next }: SnapshotPair, view: Read, bucket: number | null): readonly BackendTable[] =>
  tablesOf(view).filter((name) => hashesIn(base, name, bucket) !== hashesIn(next, name, bucket));

/** Whether a row of a view's tables differs in a bucket, told by the hashes of the parts. */
export const hasChanged = (pair: SnapshotPair, view: Read, bucket: number | null): boolean =>
  changedTables(pair, view, bucket).length > 0;

/** Number of rows and sum of their hashes, by user. */
const sumsOf = (files: readonly string[], user: string, columns: string): string =>
  `select ${quoteName(user)} as entity, count(*) as n, sum(hash(${columns})) as s
   from ${parquetRows(files)} group by 1`;

/**
 * Users of a bucket whose rows, reduced to the columns that a view reads and the key, are not the same in both snapshots:
 * added, removed, altered and moved rows alike. Told by the sum of 64-bit hashes of a user's rows, as slices of a source.
 * @param bucket - null: all rows.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function changedUsers(
  blobs: BlobStore,
  pair: SnapshotPair,
  view: Read,
  bucket: number | null,
): Promise<ReadonlySet<string>> {
  const changed = new Set<string>();
  const buckets = bucket === null ? undefined : [bucket];
  for (const name of changedTables(pair, view, bucket)) {
    const user = userColumnOf(name);
    const [before, after] = await Promise.all(
      [pair.base, pair.next].map((snapshot) => snapshotFiles(blobs, snapshot, name, buckets)),
    );
    if (user === null || before!.length === 0 || after!.length === 0) continue;
    // The key too: rows of one moment are read in its order.
    const columns = [...new Set([user, 'id', ...columnsOf(view)[name]!])].map(quoteName).join(', ');
    const sql = `select entity from (${sumsOf(before!, user, columns)}) a
      full join (${sumsOf(after!, user, columns)}) b using (entity)
      where a.n is distinct from b.n or a.s is distinct from b.s`;
    const found = await withDuckDb((connection) => connection.runAndReadAll(sql));
    for (const [id] of found.getRows()) if (typeof id === 'string') changed.add(id);
  }
  return changed;
}
