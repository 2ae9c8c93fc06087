import { pipeline, Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { errorAt } from '../../../contracts/errors.js';
import {
  type CsvDialect,
  csvOptions,
  DELIMITERS,
  firstRecords,
  hasTextFormulas,
  type PlacedRecord,
  RecordLines,
  separatorLine,
} from '../../../learning/text/csv.js';
import type { FilePreview, MatchedFormat, Previews } from './choose-format.js';
import { cellOf, namesIn } from './column-sources.js';
import type { FileLimits } from './limits.js';
import { areDirections } from './number-readings.js';
import { unescaped } from './normalise-cell.js';
import type { ReadingOptions } from './reading-options.js';
import type { DataRow } from './row-sink.js';

/** Records of the head by which a column of directions is recognised. */
const PREVIEW_RECORDS = 50;

function holdsDirections(names: readonly string[], records: readonly (readonly string[])[]) {
  return (name: string): boolean => {
    const index = names.indexOf(name);
    const cells = records.map((record) => record[index] ?? '').filter((cell) => cell.trim() !== '');
    return index >= 0 && areDirections(cells);
  };
}

function previewWith(head: string, dialect: CsvDialect, positional: boolean): FilePreview[] {
  const [first, ...records] = firstRecords(head, dialect, PREVIEW_RECORDS);
  if (first === undefined) return [];
  const { delimiter, relaxed = false } = dialect;
  // The head may end inside its last record.
  const complete = records.length > 1 ? records.slice(0, -1) : records;
  const { firstLine = 1 } = dialect;
  if (positional) return [{ columns: null, width: first.length, delimiter, firstLine, relaxed }];
  const names = first.map((name) => unescaped(name).trim());
  const facts = { columns: names, width: names.length, delimiter, firstLine, relaxed };
  return [{ ...facts, holdsDirections: holdsDirections(names, complete) }];
}

/** Lines among which a header is looked for where the first line is none, as below the titles of a bank's export. */
const MOST_TITLES = 30;

/** Names only: no cell is blank or a number, and none stands twice. */
const looksLikeHeader = (cells: readonly string[]): boolean =>
  cells.length > 1 &&
  cells.every((cell) => /^[^\d]*\p{L}/u.test(cell.trim())) &&
  new Set(cells.map((cell) => cell.trim())).size === cells.length;

/** Lines below the first that may be the header. */
function laterHeaders(head: string, delimiter: string, firstLine: number): number[] {
  const lines = head.split(/\r\n|\n|\r/, firstLine + MOST_TITLES).slice(0, -1);
  return lines.flatMap((line, i) =>
    i >= firstLine && looksLikeHeader(firstRecords(line, { delimiter }, 1)[0] ?? []) ? [i + 1] : [],
  );
}

/** Previews of a CSV file's head with each delimiter that it may have, by the first line, then by later ones. */
export function previewsOfCsv(head: string, options: ReadingOptions): Previews {
  const named = options.delimiter ?? separatorLine(head);
  const firstLine = firstLineOf(head, options);
  const relaxed = hasTextFormulas(head);
  const previews = (delimiters: readonly string[], positional: boolean): FilePreview[] => {
    const at = (delimiter: string, line: number) =>
      previewWith(head, { delimiter, firstLine: line, relaxed }, positional);
    const usual = delimiters.flatMap((delimiter) => at(delimiter, firstLine));
    if (positional || options.skipLines !== undefined) return usual;
    const later = delimiters.flatMap((delimiter) =>
      laterHeaders(head, delimiter, firstLine).flatMap((line) => at(delimiter, line)),
    );
    return [...usual, ...later];
  };
  const likely = named === null ? DELIMITERS : [named];
  const [first] = previews(likely, false).sort((a, b) => b.width - a.width);
  return {
    of: (format) => {
      if (!format.encodings.includes('csv')) return [];
      const delimiters = options.delimiter ?? format.delimiter;
      return previews(delimiters === undefined ? likely : [delimiters], format.positionalColumns !== undefined);
    },
    fallback: first ?? { columns: null, width: 0 },
  };
}

/** Lines of a CSV file above its header that are not a spreadsheet's `sep=;`. */
export const titleLines = (head: string, { firstLine = 1 }: FilePreview): number => firstLine - firstLineOf(head, {});

/** The line after those that the user names, else after a spreadsheet's `sep=;`, else the first. */
const firstLineOf = (head: string, { skipLines }: ReadingOptions): number =>
  skipLines === undefined ? 1 + Number(separatorLine(head) !== null) : skipLines + 1;

const findings: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field is not closed before the file ends',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text in the same field',
  INVALID_OPENING_QUOTE: 'a quote stands inside an unquoted field',
};

interface CsvPlace {
  readonly file: string;
  /** On which the record starts. */
  readonly line: number;
}

function csvFault(fault: unknown, place: CsvPlace, limit: number): unknown {
  if (!(fault instanceof CsvError)) return fault;
  if (fault.code === 'CSV_MAX_RECORD_SIZE')
    return errorAt('FILE_TOO_LARGE', place, `the record or line is longer than ${limit} characters`, fault);
  return errorAt('MALFORMED_FILE', place, findings[fault.code] ?? 'the record is not valid CSV', fault);
}

/** All records including the header and blank lines, each with the line on which it starts. */
async function* readRecords(
  text: AsyncIterable<string>,
  file: string,
  dialect: CsvDialect,
  limits: FileLimits,
): AsyncGenerator<PlacedRecord> {
  const options = { ...csvOptions(dialect), skip_empty_lines: false };
  const lines = new RecordLines(dialect);
  const starts: number[] = [];
  const noteStart = (record: string[], info: { readonly lines: number }): string[] => {
    starts.push(lines.startOf(record, info));
    return record;
  };
  const parser = parse({ ...options, on_record: noteStart, max_record_size: limits.lineBytes });
  // Errors are thrown by the loop below; without a callback they would end the process.
  pipeline(Readable.from(text), parser, () => undefined);
  try {
    for await (const record of parser as AsyncIterable<string[]>) yield { line: starts.shift()!, record };
  } catch (fault) {
    throw csvFault(fault, { file, line: lines.next }, limits.lineBytes);
  }
}

function checkHeader(place: CsvPlace, names: readonly string[], limits: FileLimits): void {
  if (names.length > limits.columns)
    throw errorAt('FILE_TOO_LARGE', place, `${names.length} columns, the limit is ${limits.columns}`);
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined)
    throw errorAt('MALFORMED_FILE', { ...place, column: twice }, 'the header has this column twice');
}

const isBlank = (cell: string): boolean => cell.trim() === '';

/** Empty cells after the last column are what a delimiter at the end of each line leaves. */
function checkWidth(
  record: readonly string[],
  width: number,
  place: { file: string; row: number; line: number },
): void {
  if (record.length === width || (record.length > width && record.slice(width).every(isBlank))) return;
  const hint = record.length > width ? '; is a value with the delimiter in it not quoted?' : '';
  throw errorAt('MALFORMED_FILE', place, `found ${record.length} columns, wanted ${width}${hint}`);
}

/**
 * Data rows of a CSV file with the cells of the matched format's columns; null for a row without any value.
 * @throws PipelineError `MALFORMED_FILE` (quotes, number of columns, a repeated column name), `FILE_TOO_LARGE`.
 */
export async function* readCsvRows(
  { text }: { readonly text: AsyncIterable<string> },
  file: string,
  { format, preview, columns }: MatchedFormat,
  limits: FileLimits,
): AsyncGenerator<DataRow | null> {
  const names = format.positionalColumns ?? preview.columns ?? [];
  const positions = new Map(
    columns.flatMap(({ source }) => namesIn(source)).map((name) => [name, names.indexOf(name)]),
  );
  const { delimiter = ',', firstLine = 1, relaxed = false } = preview;
  const dialect = { delimiter, firstLine, relaxed };
  checkHeader({ file, line: firstLine }, names, limits);
  let isHeader = format.positionalColumns === undefined;
  let row = 0;
  for await (const { line, record } of readRecords(text, file, dialect, limits)) {
    const blank = record.every(isBlank);
    if (isHeader) isHeader = blank;
    else if (blank) yield null;
    else {
      checkWidth(record, names.length, { file, row: ++row, line });
      yield { line, cells: columns.map(({ source }) => cellOf(source, (name) => record[positions.get(name)!])) };
    }
  }
}
