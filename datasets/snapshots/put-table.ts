import { join } from 'node:path';
import type { Table } from '../../contracts/table.js';
import type { BlobStore, StoredBlob } from '../../platform/blobs/blob-store.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import type { WriteOptions } from './parquet.js';
import { writeParquet } from './parquet-file.js';

/** Stores a table as one Parquet blob, through a temporary file. Equal tables have equal hashes. */
export const putTable = (blobs: BlobStore, table: Table, options?: WriteOptions): Promise<StoredBlob> =>
  withTemporaryFolder(async (folder) => {
    const path = join(folder, 'table.parquet');
    await writeParquet(table, path, options);
    return blobs.putFile(path);
  });
