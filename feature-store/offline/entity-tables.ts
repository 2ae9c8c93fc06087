import { join } from 'node:path';
import type { BackendTable, SnapshotTables, TableColumns } from '../../contracts/backend.js';
import type { Table } from '../../contracts/table.js';
import { bucketOf, userColumnOf } from '../../datasets/snapshots/buckets.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { readParquet } from '../../datasets/snapshots/parquet-file.js';
import { snapshotFiles } from '../../datasets/snapshots/read-snapshot.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';

/**
 * The rows of one user in a snapshot, in the order of their keys, which every table has besides its wanted columns. Only
 * the parts of the user's bucket are read, and off the event loop. A table without a user column is left out.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export function loadEntityTables(
  blobs: BlobStore,
  snapshot: SnapshotManifest,
  columns: TableColumns,
  entityId: string,
): Promise<SnapshotTables> {
  const several = (snapshot.buckets ?? 1) > 1;
  const buckets = several ? [bucketOf(entityId, snapshot.buckets!)] : undefined;
  return withTemporaryFolder(async (folder) => {
    const loaded: Partial<Record<BackendTable, Table>> = {};
    for (const [name, wanted] of Object.entries(columns) as [BackendTable, readonly string[]][]) {
      const user = userColumnOf(name);
      const files = await snapshotFiles(blobs, snapshot, name, buckets);
      if (user === null || files.length === 0) continue;
      const read = [...new Set(['id', user, ...wanted])];
      const path = join(folder, `${name}.parquet`);
      await withDuckDb((connection) =>
        connection.run(
          `copy (select ${read.map(quoteName).join(', ')} from ${parquetRows(files)}
                 where ${quoteName(user)} = ${quoteText(entityId)} order by id)
           to ${quoteText(path)} (format parquet, compression uncompressed)`,
        ),
      );
      loaded[name] = await readParquet([path], read);
    }
    return loaded;
  });
}
