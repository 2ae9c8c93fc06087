import { PipelineError } from '../../../contracts/errors.js';
import { type Encoding, ENCODINGS } from './decode-text.js';
import { DATE_ORDERS, type DateOrder, type MomentUnit, momentUnits } from './moment-readings.js';
import { DECIMAL_SIGNS, type DecimalSign } from './number-readings.js';

/** How a file is written, where the user says it; what is absent is detected. */
export interface ReadingOptions {
  readonly encoding?: Encoding | undefined;
  /** Lines above the header of a CSV file. */
  readonly skipLines?: number | undefined;
  /** IANA zone of the customers' clocks in the file. */
  readonly timeZone?: string | undefined;
  /** One character between the fields of a CSV file. */
  readonly delimiter?: string | undefined;
  readonly decimal?: DecimalSign | undefined;
  /** The order of day, month and year, or the unit of moments that are numbers. */
  readonly dateFormat?: DateOrder | MomentUnit | undefined;
  /** Words that stand for a missing value in every column; in those of numbers, dates and flags the usual ones do anyway. */
  readonly nulls?: readonly string[] | undefined;
  /** Name of the column in the file, by the name in the format. */
  readonly columns?: Readonly<Record<string, string>> | undefined;
}

const DELIMITER_NAMES: Readonly<Record<string, string>> = {
  tab: '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  blank: ' ',
  space: ' ',
};

const wrong = (option: string, wanted: string): PipelineError =>
  new PipelineError('INVALID_INPUT', `${option}: wanted ${wanted}`, { option });

/** @throws PipelineError `INVALID_INPUT`. */
export function parseDelimiter(text: string): string {
  const delimiter = DELIMITER_NAMES[text.toLowerCase()] ?? text;
  if (delimiter.length === 1 && !/["\r\n\w]/.test(delimiter)) return delimiter;
  throw wrong('--delimiter', `one character such as "," or ";", or one of ${Object.keys(DELIMITER_NAMES).join(', ')}`);
}

const ENCODING_NAMES: Readonly<Record<string, Encoding>> = {
  utf8: 'utf-8',
  utf16: 'utf-16le',
  'utf-16': 'utf-16le',
  cp1252: 'windows-1252',
  latin1: 'windows-1252',
  'iso-8859-1': 'windows-1252',
};

/** @throws PipelineError `INVALID_INPUT`. */
export function parseEncoding(text: string): Encoding {
  const name = text.trim().toLowerCase();
  const found = ENCODING_NAMES[name] ?? ENCODINGS.find((known) => known === name);
  if (found !== undefined) return found;
  throw wrong('--encoding', `one of ${ENCODINGS.join(', ')}`);
}

/** Lines above a header are fewer than this. */
const MOST_SKIPPED = 1000;

/** @throws PipelineError `INVALID_INPUT`. */
export function parseSkipLines(text: string): number {
  const lines = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (lines <= MOST_SKIPPED) return lines;
  throw wrong('--skip-lines', `a number from 0 to ${MOST_SKIPPED}`);
}

/** @throws PipelineError `INVALID_INPUT`. */
export function parseTimeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    throw wrong('--time-zone', 'a zone such as Asia/Kolkata');
  }
}

/** @throws PipelineError `INVALID_INPUT`. */
export function parseDecimal(text: string): DecimalSign {
  const sign = { point: '.', comma: ',' }[text.toLowerCase()] ?? text;
  const found = DECIMAL_SIGNS.find((known) => known === sign);
  if (found !== undefined) return found;
  throw wrong('--decimal', '"." or ","');
}

const ORDERS: Readonly<Record<string, DateOrder>> = { dmy: 'day first', mdy: 'month first', ymd: 'year first' };
const isUnit = (text: string): text is MomentUnit => Object.hasOwn(momentUnits, text);

/**
 * A name (`day-first`, `unix-seconds`), or a pattern such as `DD/MM/YYYY` or `%d.%m.%y`, of which the order counts.
 * @throws PipelineError `INVALID_INPUT`.
 */
export function parseDateFormat(text: string): DateOrder | MomentUnit {
  const name = text.trim().toLowerCase();
  if (isUnit(name)) return name;
  const named = DATE_ORDERS.find((order) => order === name.replaceAll('-', ' '));
  const letters = [...new Set(name.replace(/[^dmy]/g, ''))].join('');
  const order = named ?? ORDERS[letters];
  if (order !== undefined) return order;
  const names = [...DATE_ORDERS.map((known) => known.replaceAll(' ', '-')), ...Object.keys(momentUnits)];
  throw wrong('--date-format', `${names.join(', ')}, or a pattern such as DD/MM/YYYY`);
}

/** @param value - the parsed JSON of `--columns`. @throws PipelineError `INVALID_INPUT`. */
export function parseColumnNames(value: unknown): Readonly<Record<string, string>> {
  const entries = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const named = entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (named.length > 0 && named.length === entries.length) return Object.fromEntries(named);
  throw wrong('--columns', 'a JSON object {"name in the format": "name in the file"}');
}
