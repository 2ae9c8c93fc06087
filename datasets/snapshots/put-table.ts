import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Table } from '../../contracts/table.js';
import type { BlobStore, StoredBlob } from '../../platform/blobs/blob-store.js';
import { writeParquet } from './parquet-file.js';

/** Stores a table as one Parquet blob, through a temporary file. Equal tables have equal hashes. */
export async function putTable(blobs: BlobStore, table: Table): Promise<StoredBlob> {
  const folder = await mkdtemp(join(tmpdir(), 'ml-parquet-'));
  try {
    const path = join(folder, 'table.parquet');
    await writeParquet(table, path);
    return await blobs.putFile(path);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
