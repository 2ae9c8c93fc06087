import type { FileFormat } from '../../../contracts/dataset.js';
import { errorAt, PipelineError } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { unlabelledRemarks } from '../../../learning/checks.js';
import { freezeHoldout, splitHoldout } from '../../../learning/evaluation/split/index.js';
import { selectRows } from '../../../learning/table.js';
import { DAY_MS } from '../../../learning/time-series/calendar/index.js';

/** The time range that is plausible: that of the middle nine tenths of the rows, ten years more before them. */
const TAIL_SHARE = 0.05;
const YEAR_DAYS = 366;
const YEARS_BEFORE = 10;
const EXAMPLES = 3;

/** Rows of a table that stay, with what is said of the others. */
export interface KeptRows {
  readonly table: Table;
  /** Number in the file (from 0) of each row that stays; null when all stay. */
  readonly rows: readonly number[] | null;
  readonly remarks: readonly string[];
}

const isMissing = (table: Table, name: string) => {
  const column = table.columns[name];
  if (column?.kind === 'text') return (row: number): boolean => column.values[row] === null;
  return (row: number): boolean => column !== undefined && Number.isNaN(column.values[row]);
};

const rowsWhere = (table: Table, test: (row: number) => boolean): number[] =>
  Array.from({ length: table.rowCount }, (_, row) => row).filter(test);

/** @throws PipelineError `INVALID_VALUE` when more than a fifth of the rows that need a label have none. */
function unlabelledRows(file: string, format: FileFormat, table: Table): { rows: number[]; remarks: string[] } {
  const { label, labelOptional } = format.schema;
  const mayBeMissing = format.labelMayBeMissing?.(table) ?? (() => labelOptional === true);
  const missing = isMissing(table, label);
  const rows = rowsWhere(table, (row) => missing(row) && !mayBeMissing(row));
  const place = { file, row: (rows[0] ?? 0) + 1, column: label };
  return { rows, remarks: unlabelledRemarks(rows.length, table.rowCount, place) };
}

interface TimeRange {
  readonly earliest: number;
  readonly latest: number;
}

/** Null for a column without a time. Data that lie in the future as a whole, such as generated ones, have a year after them. */
function plausibleRange(times: Float64Array, now: number): TimeRange | null {
  const known = times.filter((time) => !Number.isNaN(time)).sort();
  if (known.length === 0) return null;
  const tail = Math.ceil(TAIL_SHARE * known.length);
  const [low, high] = [known[Math.min(tail, known.length - 1)]!, known[Math.max(known.length - 1 - tail, 0)]!];
  return {
    earliest: low - YEARS_BEFORE * YEAR_DAYS * DAY_MS,
    latest: high > now ? high + YEAR_DAYS * DAY_MS : now + DAY_MS,
  };
}

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** Rows of one time column outside its plausible range, with a remark that names them. */
function implausibleRows(table: Table, name: string, now: number): { rows: number[]; remarks: string[] } {
  const column = table.columns[name];
  const range = column?.kind === 'timestamp' ? plausibleRange(column.values, now) : null;
  if (column?.kind !== 'timestamp' || range === null) return { rows: [], remarks: [] };
  const rows = rowsWhere(table, (row) => column.values[row]! < range.earliest || column.values[row]! > range.latest);
  if (rows.length === 0) return { rows, remarks: [] };
  const examples = rows.slice(0, EXAMPLES).map((row) => `row ${row + 1}, ${name} ${dayOf(column.values[row]!)}`);
  const more = rows.length > EXAMPLES ? ' …' : '';
  const counted = `${rows.length} of ${table.rowCount} rows ${rows.length === 1 ? 'is' : 'are'} dated`;
  const outside = `outside ${dayOf(range.earliest)} to ${dayOf(range.latest)} and left out`;
  return { rows, remarks: [`${counted} ${outside}: ${examples.join('; ')}${more}`] };
}

/**
 * Leaves out rows without a label that need one, and rows that are dated where no other row is.
 * @param now - milliseconds since the epoch.
 * @throws PipelineError `INVALID_VALUE` when too many rows have no label.
 */
export function keepUsableRows(file: string, format: FileFormat, table: Table, now: number): KeptRows {
  const periods = format.schema.columns.filter((column) => column.periods === true).map(({ name }) => name);
  const times = Object.keys(table.columns).filter((name) => !periods.includes(name));
  const found = [unlabelledRows(file, format, table), ...times.map((name) => implausibleRows(table, name, now))];
  const left = new Set(found.flatMap(({ rows }) => rows));
  if (left.size === 0) return { table, rows: null, remarks: [] };
  const rows = rowsWhere(table, (row) => !left.has(row));
  return { table: selectRows(table, rows), rows, remarks: found.flatMap(({ remarks }) => remarks) };
}

const countOf = (table: Table, label: string, wanted: number): number => {
  const column = table.columns[label];
  return column?.kind === 'number' ? column.values.filter((value) => value === wanted).length : 0;
};

/**
 * Both classes of a label that is a flag need rows to learn from and rows to judge by.
 * @throws PipelineError `TOO_FEW_ROWS` with the counts found and wanted.
 */
export function requireBothClasses(file: string, format: FileFormat, table: Table): void {
  const { schema, neededOfAClass: needed } = format;
  const { label } = schema;
  if (needed === undefined) return;
  const { train, holdout } = splitHoldout(freezeHoldout(schema.split, table), table);
  for (const value of [1, 0]) {
    const [all, learned, held] = [table, train, holdout].map((part) => countOf(part, label, value)) as [
      number,
      number,
      number,
    ];
    if (learned >= needed.training && held >= needed.holdout) continue;
    const found = `${all} of ${table.rowCount} rows have ${label} = ${value}: ${learned} to learn from and ${held} in the holdout`;
    const wanted = `wanted at least ${needed.training} and ${needed.holdout}`;
    throw errorAt('TOO_FEW_ROWS', { file, column: label }, `${found}; ${wanted}`);
  }
}

/** Runs a format's last step; its errors get the file's name and the row's number in the file. */
export function transformRows(file: string, format: FileFormat, { table, rows }: KeptRows): Table {
  try {
    return format.transform?.(table) ?? table;
  } catch (fault) {
    if (!(fault instanceof PipelineError)) throw fault;
    const { row } = fault.details;
    const inFile = typeof row === 'number' && rows !== null ? (rows[row - 1] ?? row - 1) + 1 : row;
    const message = fault.message.replace(`row ${String(row)}`, `row ${String(inFile)}`);
    const details = { ...fault.details, file, ...(inFile !== undefined && { row: inFile }) };
    throw new PipelineError(fault.code, `${file}, ${message}`, details, { cause: fault });
  }
}
