import { join } from 'node:path';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { datasetFiles } from './dataset-store.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from './duckdb.js';
import { readParquet } from './parquet-file.js';

/** Which rows of a data set are read. */
export interface SampledRows {
  /** Column that names a row: the same rows are drawn each time. */
  readonly key: string;
  /** About so many rows at most. */
  readonly mostRows: number;
  /** Rows of this timestamp column from a moment (milliseconds) on. Absent: all. */
  readonly since?: { readonly column: string; readonly moment: number };
}

const MILLION = 1_000_000;

/**
 * A sample of a data set's rows, in memory of the sample. @returns the table, and how many rows it was drawn from.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function sampleRows(
  blobs: BlobStore,
  hash: string,
  { key, mostRows, since }: SampledRows,
): Promise<{ readonly table: Table; readonly rows: number }> {
  const files = await datasetFiles(blobs, hash);
  const from = parquetRows(files);
  const where = since === undefined ? 'true' : `epoch_ms(${quoteName(since.column)}) >= ${since.moment}`;
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'sample.parquet');
    const rows = await withDuckDb(async (connection) => {
      const counted = await connection.runAndReadAll(`select count(*) from ${from} where ${where}`);
      const found = Number(counted.getRows()[0]![0]);
      const share = found <= mostRows ? MILLION : Math.floor((MILLION * mostRows) / found);
      const drawn = `hash(${quoteName(key)}) % ${MILLION} < ${share}`;
      await connection.run(
        `copy (select * from ${from} where ${where} and ${drawn}) to ${quoteText(path)} (format parquet)`,
      );
      return found;
    });
    return { table: await readParquet([path]), rows };
  });
}
