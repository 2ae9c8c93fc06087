import type { TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import type { PipelineError } from '../../../contracts/errors.js';
import { schemaMismatch } from '../../sources/backend/check/finding.js';
import { sqlTypeOf } from '../../sources/backend/column-types.js';
import { quoteName, quoteText } from '../duckdb.js';

/** Marks the message of a value that cannot be read, which DuckDB raises; column and key of the row follow. */
const UNFIT = 'ml-services: unfit value';
const SEPARATOR = '|';
const unfit = new RegExp(`${UNFIT}\\${SEPARATOR}(\\w+)\\${SEPARATOR}([\\s\\S]*)$`);

const isText = ({ type }: ColumnSpec): boolean => type === 'text' || type === 'category';

const refuse = (name: string): string => `error(${quoteText(`${UNFIT}${SEPARATOR}${name}${SEPARATOR}`)} || r.id)`;

/** In PostgreSQL's text form; booleans are `t` and `f`. NaN and null are stored as null, −0 as 0. */
function numberOf(name: string, column: string): string {
  const parsed = `coalesce(try_cast(${column} as double), case ${column} when 't' then 1.0 when 'f' then 0.0 else ${refuse(name)}::double end)`;
  return `case when ${column} is null then null else nullif(${parsed} + 0.0, 'NaN'::double) end`;
}

/** Whole milliseconds, rounded down; null for `infinity` and dates BC. */
function momentOf(name: string, column: string): string {
  const parsed = `try_cast(${column} as timestamptz)`;
  const micros = `epoch_us(${parsed})`;
  const floored = `epoch_ms((${micros} - ((${micros} % 1000) + 1000) % 1000) // 1000)::timestamp_ms`;
  const open = `${column} is null or ${column} in ('infinity', '-infinity') or ${column} like '% BC'`;
  return `case when ${open} then null when ${parsed} is null then ${refuse(name)}::timestamp_ms else ${floored} end`;
}

function typedColumn(spec: ColumnSpec): string {
  const column = `r.${quoteName(spec.name)}`;
  if (isText(spec)) return column;
  const value = spec.type === 'timestamp' ? momentOf(spec.name, column) : numberOf(spec.name, column);
  return `${value} as ${quoteName(spec.name)}`;
}

/** Rows of a CSV file of the source, with the types that a snapshot stores, as a query of DuckDB. */
export function typedRows(spec: TableSpec, file: { readonly path: string; readonly longest: number }): string {
  const names = ['user_hash', ...spec.columns.map(({ name }) => name)];
  const columns = names.map((name) => `${quoteText(name)}: 'VARCHAR'`).join(', ');
  const lineBytes = Math.max(2 ** 16, file.longest * 2);
  const reading = [
    quoteText(file.path),
    "header = false, auto_detect = false, delim = ',', quote = '\"', escape = '\"', nullstr = ''",
    `allow_quoted_nulls = false, new_line = '\\n', max_line_size = ${lineBytes}, buffer_size = ${lineBytes * 16}`,
    `columns = {${columns}}`,
  ];
  return `select ${spec.columns.map(typedColumn).join(', ')} from read_csv(${reading.join(', ')}) r`;
}

const kinds = { timestamp: 'a text that is no time', number: 'a text that is no number' } as const;

/**
 * `SOURCE_SCHEMA_MISMATCH` for a value that `typedRows` could not read: it names the column and the key of the row, never
 * the value. Null for any other error.
 */
export function unfitValue(fault: unknown, spec: TableSpec): PipelineError | null {
  const match = fault instanceof Error ? unfit.exec(fault.message) : null;
  const column = spec.columns.find(({ name }) => name === match?.[1]);
  if (match === null || column === undefined) return null;
  const table = `backend.${spec.name}`;
  const found = column.type === 'timestamp' ? kinds.timestamp : kinds.number;
  const remedy = `select ${column.name} from ${table} where id = ${quoteText(match[2]!)};`;
  const finding = { table, column: column.name, severity: 'error' as const, found, wanted: sqlTypeOf(column), remedy };
  return schemaMismatch([finding], { key: match[2]! });
}
