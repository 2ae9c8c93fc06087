import type { ColumnSpec } from '../../../contracts/dataset.js';

/** Value of one field of a record: text from CSV, any scalar from JSON, `undefined` for an absent JSON member. */
export type Cell = string | number | boolean | null | undefined;

/** A converted cell, or a description of what was found and what was wanted. */
export type Converted<T> = { readonly value: T } | { readonly found: string; readonly wanted: string };

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;
/** Placeholders, which may be quoted in a message because they contain no personal data. */
const PLACEHOLDER = /^[+-]?(?:nan|inf|infinity|∞|null|none|na|n\/a|nil|true|false|yes|no|-|\?)$/i;

/** Describes a cell without its value, which may be a name or an amount. */
export function describeCell(cell: unknown): string {
  if (cell === undefined || cell === null || cell === '') return 'nothing';
  if (Array.isArray(cell)) return 'a list';
  if (typeof cell === 'string')
    return PLACEHOLDER.test(cell.trim()) ? `"${cell.trim()}"` : `text of ${cell.length} characters`;
  if (typeof cell === 'number') return Number.isFinite(cell) ? 'a number' : `"${cell}"`;
  return typeof cell === 'boolean' ? `"${cell}"` : 'an object';
}

/** True for an absent, null or empty cell; text such as `NA` is not a missing value. */
export const isMissingCell = (cell: Cell): boolean => cell === undefined || cell === null || cell === '';

function readNumber(cell: Cell): number {
  if (typeof cell === 'number') return cell;
  const text = typeof cell === 'string' ? cell.trim() : '';
  return NUMBER.test(text) ? Number(text) : Number.NaN;
}

function readFlag(cell: Cell): number {
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  const text = String(cell).trim().toLowerCase();
  if (text === 'true') return 1;
  if (text === 'false') return 0;
  const number = readNumber(cell);
  return number === 0 || number === 1 ? number : Number.NaN;
}

/** Parses ISO 8601 to milliseconds, as UTC if it has no zone; NaN for anything else, including 30 February. */
export function readMoment(cell: Cell): number {
  const match = typeof cell === 'string' ? MOMENT.exec(cell.trim()) : null;
  if (match === null) return Number.NaN;
  const [, day = '', clock = '00:00', zone = 'Z'] = match;
  const midnight = Date.parse(`${day}T00:00Z`);
  // V8 parses 30 February as a day in March, so the date is compared with its formatted value.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return Number.NaN;
  const milliseconds = clock.replace(/(\.\d{3})\d+$/, '$1');
  return Date.parse(`${day}T${milliseconds}${zone}`);
}

type NumericType = Exclude<ColumnSpec['type'], 'text' | 'category'>;

const readers: Readonly<Record<NumericType, { read: (cell: Cell) => number; wanted: string }>> = {
  number: { read: readNumber, wanted: 'a finite number' },
  integer: {
    read: (cell) => (Number.isInteger(readNumber(cell)) ? readNumber(cell) : Number.NaN),
    wanted: 'an integer',
  },
  flag: { read: readFlag, wanted: 'true, false, 0 or 1' },
  timestamp: { read: readMoment, wanted: 'an ISO 8601 date or time such as 2026-01-31T10:00:00Z' },
};

/** Converts a cell that is not missing to a finite number. */
export function convertNumber(type: NumericType, cell: Cell): Converted<number> {
  const { read, wanted } = readers[type];
  const value = read(cell);
  return Number.isFinite(value) ? { value } : { found: describeCell(cell), wanted };
}

/** Converts a cell that is not missing to text; numbers and booleans from JSON are formatted. */
export function convertText(cell: Cell): Converted<string> {
  if (typeof cell === 'string') return { value: cell };
  if (typeof cell === 'number' || typeof cell === 'boolean') return { value: String(cell) };
  return { found: describeCell(cell), wanted: 'text' };
}
