import type { DuckDBConnection } from '@duckdb/node-api';
import type { ColumnKind } from '../../../contracts/table.js';
import { parquetRows, quoteName } from '../../snapshots/duckdb.js';
import { describeParquet } from '../../snapshots/parquet.js';

/** A Parquet file of a table, with its place among the table's files. */
export interface StoredFile {
  readonly path: string;
  /** Number of the file, from 0. */
  readonly part: number;
  /** Kind of each column that the file has. */
  readonly kinds: ReadonlyMap<string, ColumnKind>;
}

/** Factor of the file's number in the position of a row among all rows of a table; no file has as many rows. */
const FILE_SPAN = 2 ** 40;

/** Reads the columns of files. @throws PipelineError `MALFORMED_FILE` for a column of a type that no table here has. */
export async function describeFiles(connection: DuckDBConnection, paths: readonly string[]): Promise<StoredFile[]> {
  const files: StoredFile[] = [];
  for (const [part, path] of paths.entries()) {
    const stored = await describeParquet(connection, [path]);
    files.push({ path, part, kinds: new Map(stored.map(({ name, kind }) => [name, kind])) });
  }
  return files;
}

/**
 * SQL of a column's values as checks see them: numbers without NaN, which is a missing value, and moments as
 * milliseconds; null where a value is missing.
 */
export function valueSql(name: string, kind: ColumnKind): string {
  const column = quoteName(name);
  if (kind === 'text') return column;
  // −0 + 0 is 0: the two are one value for a check of uniqueness.
  return kind === 'number' ? `nullif(${column} + 0.0, 'NaN'::double)` : `epoch_ms(${column})::double`;
}

/** DuckDB's column with the number of a row in its file, which a file with a column of this name does not have. */
const ROW_NUMBER = 'file_row_number';

/** SQL of the rows of one file; column `r` numbers them from 0 and `pos` is their place among all rows of the table. */
export function rowsOf({ path, part, kinds }: StoredFile, selected: readonly string[]): string {
  const named = [...kinds.keys()].some((name) => name.toLowerCase() === ROW_NUMBER);
  const number = named ? 'row_number() over () - 1' : ROW_NUMBER;
  const from = parquetRows([path], ...(named ? [] : [`${ROW_NUMBER} = true`]));
  const places = [`(${number})::bigint as r`, `(${number})::bigint + ${part * FILE_SPAN}::bigint as pos`];
  return `select ${[...selected, ...places].join(', ')} from ${from}`;
}
