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

/** A value as it is parsed, null where that fails; a query of its own, so that each is parsed once. */
const parsedName = (name: string): string => quoteName(`${name}:parsed`);

const parsedColumn = (spec: ColumnSpec): string => {
  const type = spec.type === 'timestamp' ? 'timestamptz' : 'double';
  return `try_cast(${quoteName(spec.name)} as ${type}) as ${parsedName(spec.name)}`;
};

/** In PostgreSQL's text form; booleans are `t` and `f`. NaN and null are stored as null, −0 as 0. */
function numberOf(name: string): string {
  const [text, parsed] = [`r.${quoteName(name)}`, `r.${parsedName(name)}`];
  const otherwise = `case when ${text} is null then null when ${text} = 't' then 1.0 when ${text} = 'f' then 0.0 else ${refuse(name)}::double end`;
  return `case when ${parsed} is not null then nullif(${parsed} + 0.0, 'NaN'::double) else ${otherwise} end`;
}

/** Whole milliseconds, rounded down; null for `infinity` and dates BC. */
function momentOf(name: string): string {
  const [text, parsed] = [`r.${quoteName(name)}`, `r.${parsedName(name)}`];
  const micros = `epoch_us(${parsed})`;
  const floored = `epoch_ms((${micros} - ((${micros} % 1000) + 1000) % 1000) // 1000)::timestamp_ms`;
  const open = `${text} is null or ${text} like '% BC'`;
  return (
    `case when isfinite(${parsed}) then ${floored} when ${parsed} is not null then null ` +
    `else case when ${open} then null else ${refuse(name)}::timestamp_ms end end`
  );
}

function typedColumn(spec: ColumnSpec): string {
  if (isText(spec)) return `r.${quoteName(spec.name)}`;
  return `${spec.type === 'timestamp' ? momentOf(spec.name) : numberOf(spec.name)} as ${quoteName(spec.name)}`;
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
  const parsed = ['*', ...spec.columns.filter((column) => !isText(column)).map(parsedColumn)].join(', ');
  return `select ${spec.columns.map(typedColumn).join(', ')} from (select ${parsed} from read_csv(${reading.join(', ')})) r`;
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
