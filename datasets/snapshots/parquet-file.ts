import type { Table } from '../../contracts/table.js';
import type { ReadOptions, WriteOptions } from './parquet.js';

/* Reading and writing of Parquet files, with DuckDB loaded on first use: most commands and many jobs do not need it. */

const load = () => import('./parquet.js');

/** Writes a table as one Parquet file; see `writeParquet` in parquet.ts. */
export const writeParquet = async (table: Table, path: string, options?: WriteOptions): Promise<void> =>
  (await load()).writeParquet(table, path, options);

/** Reads Parquet files of one schema as one table; see `readParquet` in parquet.ts. */
export const readParquet = async (
  paths: readonly string[],
  columns?: readonly string[],
  options?: ReadOptions,
): Promise<Table> => (await load()).readParquet(paths, columns, options);
