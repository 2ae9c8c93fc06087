import type { Table } from '../../contracts/table.js';

/* Tables as Parquet files. DuckDB is loaded with the first of them: most commands and half of the jobs need none. */

const load = () => import('./parquet.js');

/** Writes a table as one Parquet file; see `writeParquet` in parquet.ts. */
export const writeParquet = async (table: Table, path: string): Promise<void> =>
  (await load()).writeParquet(table, path);

/** Reads Parquet files of one schema as one table; see `readParquet` in parquet.ts. */
export const readParquet = async (paths: readonly string[], columns?: readonly string[]): Promise<Table> =>
  (await load()).readParquet(paths, columns);
