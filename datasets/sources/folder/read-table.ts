import type { TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import { quoteName, quoteText } from '../../snapshots/duckdb.js';
import type { TableFiles } from './find-files.js';

/** What is said of one column when all its values are read: SQL over a column of the file. */
export interface ColumnReading {
  readonly spec: ColumnSpec;
  /** The value as PostgreSQL's COPY takes it; null = missing, or it does not fit. */
  readonly value: string;
  /** True for a value that is there and does not fit; null counts as false. */
  readonly unfit: string;
  /** What fits. */
  readonly wanted: string;
}

/** SQL for the rows of a table's files. Cells of a CSV file are texts; empty = missing, `""` = an empty text. */
export function rowsOf({ format, paths }: TableFiles): string {
  const list = `[${paths.map(quoteText).join(', ')}]`;
  if (format === 'parquet') return `read_parquet(${list}, union_by_name = true)`;
  const csv = `header = true, all_varchar = true, nullstr = '', allow_quoted_nulls = false, union_by_name = true`;
  return `read_csv(${list}, ${csv})`;
}

const ZONE = String.raw`(Z|[+-]\d\d(:?\d\d)?)$`;
const MOMENT = 'an ISO 8601 moment with its zone, such as 2026-01-31T10:00:00+05:30';
const DAY = 'a day, such as 2026-01-31';

const isDay = ({ name }: ColumnSpec): boolean => name === 'birth_date';
const isoMoment = (moment: string): string => `strftime(${moment}, '%Y-%m-%dT%H:%M:%S.%fZ')`;
/** Of a text: only with a zone does it mean one moment. */
const zoned = (column: string): string =>
  `make_timestamp(epoch_us(case when regexp_matches(${column}, ${quoteText(ZONE)}) then try_cast(${column} as timestamptz) end))`;

type Reading = Omit<ColumnReading, 'spec'>;

/** @returns null when no value of this SQL type can be read. */
function momentReading(column: string, type: string): Reading | null {
  const unfitOf = (moment: string): string =>
    `${column} is not null and (${moment} is null or not isfinite(${moment}))`;
  const reading = (moment: string): Reading => ({ value: isoMoment(moment), unfit: unfitOf(moment), wanted: MOMENT });
  if (type === 'TIMESTAMP WITH TIME ZONE') return reading(`make_timestamp(epoch_us(${column}))`);
  // Parquet without a zone holds UTC, as a checked-out snapshot does.
  if (type.startsWith('TIMESTAMP')) return reading(`${column}::timestamp`);
  return type === 'VARCHAR' ? reading(zoned(column)) : null;
}

function dayReading(column: string, type: string): Reading | null {
  if (type !== 'VARCHAR' && type !== 'DATE' && !type.startsWith('TIMESTAMP')) return null;
  const day = `try_cast(${column} as date)`;
  return { value: `strftime(${day}, '%Y-%m-%d')`, unfit: `${column} is not null and ${day} is null`, wanted: DAY };
}

const numbers = /^(U?(TINY|SMALL|BIG|HUGE)?INT|U?INTEGER|DOUBLE|FLOAT|DECIMAL.*)$/;

/** Sizes that the backend's columns hold: numeric(14,2), numeric(7,5) for rates, integer. */
function largestOf({ type, maximum = Infinity }: ColumnSpec): number {
  if (type === 'integer') return 2 ** 31;
  return maximum < 100 ? 100 : 1e12;
}

function numberReading(spec: ColumnSpec, column: string, type: string): Reading | null {
  if (type !== 'VARCHAR' && !numbers.test(type)) return null;
  const isWhole = spec.type === 'integer';
  const number = `try_cast(${column} as double)`;
  const whole = isWhole ? ` or ${number} <> floor(${number})` : '';
  const largest = largestOf(spec);
  return {
    value: isWhole ? `${number}::bigint::varchar` : `${number}::varchar`,
    unfit: `${column} is not null and (${number} is null or not isfinite(${number}) or abs(${number}) >= ${largest}${whole})`,
    wanted: `${isWhole ? 'a whole number' : 'a number with a decimal point'} below ${largest}`,
  };
}

const flagReading = (column: string): Reading => ({
  value: `try_cast(${column} as boolean)::varchar`,
  unfit: `${column} is not null and try_cast(${column} as boolean) is null`,
  wanted: 'true or false',
});

/** Whole numbers are allowed as keys. */
function textReading(column: string, type: string): Reading | null {
  const isText = type === 'VARCHAR' || type.startsWith('ENUM') || /^U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?$/.test(type);
  if (!isText) return null;
  const text = `${column}::varchar`;
  return { value: text, unfit: `contains(${text}, chr(0))`, wanted: 'a text without NUL characters' };
}

function readingOf(spec: ColumnSpec, type: string): Reading | null {
  const column = quoteName(spec.name);
  if (isDay(spec)) return dayReading(column, type);
  if (spec.type === 'timestamp') return momentReading(column, type);
  if (spec.type === 'number' || spec.type === 'integer') return numberReading(spec, column, type);
  return spec.type === 'flag' ? flagReading(column) : textReading(column, type);
}

/** Of a column that the files have not, or whose type no value can be read from. */
export interface ShapeFault {
  readonly spec: ColumnSpec;
  /** SQL type in the files; null = there is no such column. */
  readonly type: string | null;
}

/** How each column of a table is read, and what stands in the way. Absent columns that may be missing read as missing. */
export function columnReadings(
  { columns }: TableSpec,
  types: ReadonlyMap<string, string>,
): { readonly readings: readonly ColumnReading[]; readonly faults: readonly ShapeFault[] } {
  const readings: ColumnReading[] = [];
  const faults: ShapeFault[] = [];
  for (const spec of columns) {
    const type = types.get(spec.name) ?? null;
    if (type === null && spec.nullable === true) readings.push({ spec, value: 'null', unfit: 'false', wanted: '' });
    else {
      const reading = type === null ? null : readingOf(spec, type);
      if (reading === null) faults.push({ spec, type });
      else readings.push({ spec, ...reading });
    }
  }
  return { readings, faults };
}
