import { type DuckDBConnection, type DuckDBType, DuckDBTypeId } from '@duckdb/node-api';
import { PipelineError } from '../../contracts/errors.js';
import type { Column, ColumnKind, Table } from '../../contracts/table.js';
import { missingColumn, requireLength } from '../../learning/checks.js';
import { columnLength, encodedText, storedText } from '../../learning/encoded-text.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from './duckdb.js';
import { type CodedColumn, prepareCodes } from './encoded-columns.js';
import { stageColumns, vectorOf } from './staged-columns.js';
import { countRows, readTextColumns } from './text-columns.js';

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
    requireLength(`column "${name}"`, columnLength(column), table.rowCount, 'values');
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

/** How a file is written. */
export interface WriteOptions {
  /** `snappy` for what is read once: it costs less to write. @default 'zstd' */
  readonly compression?: 'zstd' | 'snappy';
}

/**
 * Writes a table as one Parquet file. Equal tables give equal bytes (one thread, preserved order, no creation time).
 * NaN and null are stored as Parquet nulls, −0 as 0; infinities are kept. Encoded and stored texts give the bytes that
 * their values give. Memory: one copy of the table.
 * @throws PipelineError `SHAPE_MISMATCH` (no columns, unequal lengths), `INVALID_INPUT` (two names that differ only in
 *   case), `INVALID_VALUE` (a timestamp with a fraction of a millisecond).
 */
export async function writeParquet(table: Table, path: string, options: WriteOptions = {}): Promise<void> {
  const columns = checkColumns(table);
  await withDuckDb(async (connection) => {
    const staged = columns.map(([, column]) => column);
    const { from, expressions } = await stageColumns(connection, staged, table.rowCount);
    const selected = columns.map(([name, { kind }], i) => `${toStored[kind](expressions[i]!)} as ${quoteName(name)}`);
    await connection.run(
      `copy (select ${selected.join(', ')} from ${from}) to ${quoteText(path)} ` +
        `(format parquet, compression ${options.compression ?? 'zstd'})`,
    );
  });
}

/** A column of a Parquet file. */
export interface StoredColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** Columns of Parquet files. @throws PipelineError `MALFORMED_FILE` for a type other than double, timestamp and text. */
export const describeParquet = (connection: DuckDBConnection, paths: readonly string[]): Promise<StoredColumn[]> =>
  describe(connection, parquetRows(paths));

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

/** An expression of the scan, the memory that its values go to, and the column that they make. */
interface ScannedColumn {
  readonly name: string;
  readonly expression: string;
  readonly values: Float64Array | Int32Array;
  readonly column: Column;
}

function scanNumbers({ name, kind }: StoredColumn, rowCount: number): ScannedColumn {
  const values = new Float64Array(rowCount);
  return { name, expression: fromStored[kind](quoteName(name)), values, column: { kind, values } as Column };
}

function scanCodes({ name, expression, words }: CodedColumn, rowCount: number): ScannedColumn {
  const codes = new Int32Array(rowCount);
  return { name, expression, values: codes, column: encodedText({ codes, words }) };
}

/**
 * Numbers, moments and codes, concatenated. Whole vectors are copied: the query leaves no nulls, and asking each value
 * whether it is one would cost more than all else.
 */
async function scan(connection: DuckDBConnection, from: string, columns: readonly ScannedColumn[]): Promise<void> {
  if (columns.length === 0) return;
  const result = await connection.stream(
    `select ${columns.map(({ expression }) => expression).join(', ')} from ${from}`,
  );
  let start = 0;
  for (;;) {
    const chunk = await result.fetchChunk();
    const rows = chunk?.rowCount ?? 0;
    if (chunk === null || rows === 0) break;
    for (const [index, { values }] of columns.entries()) values.set(vectorOf(chunk, index).items, start);
    start += rows;
  }
}

/** Text columns that stay in their files. */
function carriedColumns(names: readonly string[], paths: readonly string[], rowCount: number): [string, Column][] {
  const rows = Int32Array.from({ length: names.length === 0 ? 0 : rowCount }, (_, row) => row);
  return names.map((name) => [name, storedText({ paths, name, rows })]);
}

async function readOpen(
  connection: DuckDBConnection,
  paths: readonly string[],
  { wanted, encode = false, carried = [] }: ReadOptions & { readonly wanted: readonly string[] | undefined },
): Promise<Table> {
  const from = parquetRows(paths);
  const chosen = selectColumns(await describe(connection, from), wanted);
  const files = await countRows(connection, paths);
  const rowCount = files.reduce((sum, { rows }) => sum + rows, 0);
  const texts = chosen.filter(({ name, kind }) => kind === 'text' && !carried.includes(name)).map(({ name }) => name);
  const coded = encode ? await prepareCodes(connection, { from, paths }, texts) : [];
  const numbers = chosen.filter(({ kind }) => kind !== 'text').map((column) => scanNumbers(column, rowCount));
  const scanned = [...numbers, ...coded.map((column) => scanCodes(column, rowCount))];
  await scan(connection, from, scanned);
  const plain = texts.filter((name) => !coded.some((column) => column.name === name));
  const columns = new Map([
    ...scanned.map(({ name, column }) => [name, column] as const),
    ...(await readTextColumns(connection, files, plain)),
    ...carriedColumns(carried, paths, rowCount),
  ]);
  return { rowCount, columns: Object.fromEntries(chosen.map(({ name }) => [name, columns.get(name)!])) };
}

/** How texts are read. */
export interface ReadOptions {
  /** Reads texts that repeat as codes. @default false: each value is a text */
  readonly encode?: boolean;
  /** Text columns that are only carried over to another table: they stay in the files. @default none */
  readonly carried?: readonly string[];
}

/**
 * Reads and concatenates files that `writeParquet` wrote; all must have the columns of the first one.
 * @param columns - only these, in this order. @default all columns
 * @throws PipelineError `MISSING_COLUMN`; `MALFORMED_FILE` for a file that is not Parquet or has column types other than
 *   double, timestamp and text; `INVALID_INPUT` for no path.
 */
export async function readParquet(
  paths: readonly string[],
  columns?: readonly string[],
  options: ReadOptions = {},
): Promise<Table> {
  if (paths.length === 0) throw new PipelineError('INVALID_INPUT', 'no Parquet file to read');
  try {
    return await withDuckDb((connection) => readOpen(connection, paths, { ...options, wanted: columns }));
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
