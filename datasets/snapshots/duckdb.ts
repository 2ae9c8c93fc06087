import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

let shared: Promise<DuckDBInstance> | null = null;

/**
 * One in-memory database for each process. One thread and preserved row order, so that equal tables give equal Parquet
 * bytes; extensions are never downloaded.
 */
const instance = (): Promise<DuckDBInstance> =>
  (shared ??= DuckDBInstance.create(':memory:', {
    threads: '1',
    preserve_insertion_order: 'true',
    // Made when a query needs more memory than it may have, and removed with the database.
    temp_directory: join(tmpdir(), `ml-duckdb-${process.pid}`),
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  }));

/** Runs `work` with a new connection and closes it, which drops its temporary tables. */
export async function withDuckDb<T>(work: (connection: DuckDBConnection) => Promise<T>): Promise<T> {
  const connection = await (await instance()).connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
  }
}

/** An SQL identifier. */
export const quoteName = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** An SQL string literal. */
export const quoteText = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** SQL of the rows of Parquet files of one schema. @param options - further arguments, such as `file_row_number = true`. */
export const parquetRows = (paths: readonly string[], ...options: readonly string[]): string =>
  `read_parquet(${[`[${paths.map(quoteText).join(', ')}]`, ...options].join(', ')})`;

/** The first row of a query that has one. */
export async function firstRow<Row extends readonly unknown[]>(
  connection: DuckDBConnection,
  sql: string,
): Promise<Row> {
  return (await connection.runAndReadAll(sql)).getRows()[0] as unknown as Row;
}

/** The first column of a query; [] without rows. */
export async function firstColumn<Value>(connection: DuckDBConnection, sql: string): Promise<Value[]> {
  return ((await connection.runAndReadAll(sql)).getColumns()[0] ?? []) as Value[];
}
