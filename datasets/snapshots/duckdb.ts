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
