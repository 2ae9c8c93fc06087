import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  DuckDBTypeId,
  DOUBLE,
  VARCHAR,
} from '@duckdb/node-api';
import { PipelineError } from '../../contracts/errors.js';
import type { Column, ColumnKind, Table } from '../../contracts/table.js';
import { missingColumn, requireLength } from '../../learning/checks.js';
import { quoteName, quoteText, withDuckDb } from './duckdb.js';
import { countRows, readTextColumns } from './text-columns.js';

/** Rows in one DuckDB vector, the unit of every transfer. */
const VECTOR_ROWS = 2048;

/*
 * Numbers and timestamps are transferred as DOUBLE and converted to their Parquet type in SQL. This moves whole vectors
 * without a BigInt or object for each cell: 650,000 rows of thirteen columns in a few seconds.
 */
const toStored: Readonly<Record<ColumnKind, (name: string) => string>> = {
  // Parquet dictionaries do not distinguish −0 from 0: which one is read back would depend on the other rows.
  number: (name) => `nullif(${name} + 0.0, 'NaN'::double)`,
  timestamp: (name) => `epoch_ms(nullif(${name}, 'NaN'::double)::bigint)::timestamp_ms`,
  text: (name) => name,
};
const fromStored: Readonly<Record<ColumnKind, (name: string) => string>> = {
  number: (name) => `coalesce(${name}, 'NaN'::double)`,
  timestamp: (name) => `coalesce(epoch_ms(${name})::double, 'NaN'::double)`,
  text: (name) => name,
};

const kindOf = (type: DuckDBType): ColumnKind | null => {
  if (type.typeId === DuckDBTypeId.DOUBLE) return 'number';
  if (type.typeId === DuckDBTypeId.VARCHAR) return 'text';
  const isTime = type.typeId === DuckDBTypeId.TIMESTAMP || type.typeId === DuckDBTypeId.TIMESTAMP_MS;
  return isTime ? 'timestamp' : null;
};

function checkColumns(table: Table): [string, Column][] {
  const columns = Object.entries(table.columns);
  if (columns.length === 0) throw new PipelineError('SHAPE_MISMATCH', 'a table without columns has no Parquet form');
  const seen = new Map<string, string>();
  for (const [name, column] of columns) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined)
      throw new PipelineError('INVALID_INPUT', `columns ${other} and ${name} differ only in upper and lower case`);
    seen.set(name.toLowerCase(), name);
    requireLength(`column "${name}"`, column.values.length, table.rowCount, 'values');
    checkTimestamps(name, column);
  }
  return columns;
}

function checkTimestamps(name: string, column: Column): void {
  if (column.kind !== 'timestamp') return;
  const row = column.values.findIndex((value) => !Number.isNaN(value) && !Number.isInteger(value));
  if (row >= 0)
    throw new PipelineError('INVALID_VALUE', `row ${row} of ${name} is a fraction, wanted whole milliseconds`, {
      column: name,
      row,
    });
}

/** What DuckDB's vectors have beside their declared interface. */
interface OpenVector {
  /** The memory of a vector of doubles. */
  readonly items: Float64Array;
  setItem(item: number, value: string | null): void;
  flush(): void;
}

const vectorOf = (chunk: DuckDBDataChunk, index: number): OpenVector =>
  chunk.getColumnVector(index) as unknown as OpenVector;

/** Numbers are copied as a whole, a missing one as NaN: marking each as valid or not would cost more than all else. */
function fillVector(chunk: DuckDBDataChunk, index: number, column: Column, start: number): void {
  const vector = vectorOf(chunk, index);
  if (column.kind === 'text') for (let i = 0; i < chunk.rowCount; i++) vector.setItem(i, column.values[start + i]!);
  else vector.items.set(column.values.subarray(start, start + chunk.rowCount));
  vector.flush();
}

function appendRows(appender: DuckDBAppender, columns: readonly Column[], rowCount: number): void {
  const types = columns.map((column) => (column.kind === 'text' ? VARCHAR : DOUBLE));
  for (let start = 0; start < rowCount; start += VECTOR_ROWS) {
    const chunk = DuckDBDataChunk.create(types, Math.min(VECTOR_ROWS, rowCount - start));
    columns.forEach((column, index) => fillVector(chunk, index, column, start));
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/**
 * Writes a table as one Parquet file. Equal tables give equal bytes (one thread, preserved order, no creation time).
 * NaN and null are stored as Parquet nulls, −0 as 0; infinities are kept. Memory: one copy of the table.
 * @throws PipelineError `SHAPE_MISMATCH` (no columns, unequal lengths), `INVALID_INPUT` (two names that differ only in
 *   case), `INVALID_VALUE` (a timestamp with a fraction of a millisecond).
 */
export async function writeParquet(table: Table, path: string): Promise<void> {
  const columns = checkColumns(table);
  await withDuckDb(async (connection) => {
    const declared = columns.map(([, { kind }], i) => `c${i} ${kind === 'text' ? 'varchar' : 'double'}`);
    await connection.run(`create temp table staged (${declared.join(', ')})`);
    const staged = columns.map(([, column]) => column);
    appendRows(await connection.createAppender('staged', null, 'temp'), staged, table.rowCount);
    const selected = columns.map(([name, { kind }], i) => `${toStored[kind](`c${i}`)} as ${quoteName(name)}`);
    await connection.run(
      `copy (select ${selected.join(', ')} from staged) to ${quoteText(path)} (format parquet, compression zstd)`,
    );
  });
}

/** A column of a Parquet file. */
export interface StoredColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

const fromFiles = (paths: readonly string[]): string => `read_parquet([${paths.map(quoteText).join(', ')}])`;

/** Columns of Parquet files. @throws PipelineError `MALFORMED_FILE` for a type other than double, timestamp and text. */
export const describeParquet = (connection: DuckDBConnection, paths: readonly string[]): Promise<StoredColumn[]> =>
  describe(connection, fromFiles(paths));

async function describe(connection: DuckDBConnection, from: string): Promise<StoredColumn[]> {
  const result = await connection.run(`select * from ${from} limit 0`);
  return result.columnNames().map((name, index) => {
    const type = result.columnType(index);
    const kind = kindOf(type);
    if (kind === null)
      throw new PipelineError('MALFORMED_FILE', `Parquet column ${name} has type ${type.toString()}`, { column: name });
    return { name, kind };
  });
}

function selectColumns(
  stored: readonly StoredColumn[],
  wanted: readonly string[] | undefined,
): readonly StoredColumn[] {
  return (wanted ?? stored.map(({ name }) => name)).map((name) => {
    const column = stored.find((candidate) => candidate.name === name);
    if (column !== undefined) return column;
    throw missingColumn(
      name,
      stored.map((candidate) => candidate.name),
    );
  });
}

/**
 * Number and timestamp columns, concatenated. Whole vectors are copied: the query leaves no nulls, and asking each value
 * whether it is one would cost more than all else.
 */
async function readNumberColumns(
  connection: DuckDBConnection,
  { from, rowCount }: { readonly from: string; readonly rowCount: number },
  stored: readonly StoredColumn[],
): Promise<Map<string, Column>> {
  const columns = stored.map(({ name, kind }) => ({ name, kind, values: new Float64Array(rowCount) }));
  if (columns.length === 0) return new Map();
  const selected = stored.map(({ name, kind }) => fromStored[kind](quoteName(name)));
  const result = await connection.stream(`select ${selected.join(', ')} from ${from}`);
  let start = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    for (const [index, { values }] of columns.entries()) values.set(vectorOf(chunk, index).items, start);
    start += chunk.rowCount;
  }
  return new Map(columns.map(({ name, kind, values }) => [name, { kind, values } as Column]));
}

async function readOpen(
  connection: DuckDBConnection,
  paths: readonly string[],
  wanted: readonly string[] | undefined,
): Promise<Table> {
  const from = fromFiles(paths);
  const chosen = selectColumns(await describe(connection, from), wanted);
  const files = await countRows(connection, paths);
  const rowCount = files.reduce((sum, { rows }) => sum + rows, 0);
  const texts = chosen.filter(({ kind }) => kind === 'text').map(({ name }) => name);
  const numbers = chosen.filter(({ kind }) => kind !== 'text');
  const columns = await readNumberColumns(connection, { from, rowCount }, numbers);
  for (const [name, column] of await readTextColumns(connection, files, texts)) columns.set(name, column);
  return { rowCount, columns: Object.fromEntries(chosen.map(({ name }) => [name, columns.get(name)!])) };
}

/**
 * Reads and concatenates files that `writeParquet` wrote; all must have the columns of the first one.
 * @param columns - only these, in this order. @default all columns
 * @throws PipelineError `MISSING_COLUMN`; `MALFORMED_FILE` for a file that is not Parquet or has column types other than
 *   double, timestamp and text; `INVALID_INPUT` for no path.
 */
export async function readParquet(paths: readonly string[], columns?: readonly string[]): Promise<Table> {
  if (paths.length === 0) throw new PipelineError('INVALID_INPUT', 'no Parquet file to read');
  try {
    return await withDuckDb((connection) => readOpen(connection, paths, columns));
  } catch (fault) {
    if (fault instanceof PipelineError) throw fault;
    throw new PipelineError(
      'MALFORMED_FILE',
      `cannot read Parquet: ${String(fault)}`,
      { paths: [...paths] },
      { cause: fault },
    );
  }
}
