import { pipeline, Readable } from 'node:stream';
import { CsvError, type Info, type Options, parse } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import type { FileFormat } from '../../../contracts/dataset.js';
import { errorAt } from '../../../contracts/errors.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import type { FilePreview } from './choose-format.js';
import type { FileLimits } from './limits.js';
import type { DataRow, FileColumn } from './row-sink.js';

const optionsOf = ({ delimiter = ',' }: FileFormat): Options => ({
  delimiter,
  record_delimiter: ['\r\n', '\n', '\r'],
  skip_empty_lines: true,
  relax_column_count: true, // checked in readCsvRows, whose message has row and line
});

/** Columns of the first record with this format's delimiter; null when it cannot be parsed. */
export function previewCsv(head: string, format: FileFormat): FilePreview | null {
  try {
    const [first] = parseAtOnce(head, { ...optionsOf(format), to: 1 });
    if (first === undefined) return null;
    const positional = format.positionalColumns !== undefined;
    return { columns: positional ? null : first.map((name) => name.trim()), width: first.length };
  } catch {
    return null;
  }
}

async function* limitLines(text: AsyncIterable<string>, file: string, limit: number): AsyncGenerator<string> {
  let line = 1;
  let length = 0;
  const check = (characters: number): void => {
    if (length + characters <= limit) return;
    throw errorAt('FILE_TOO_LARGE', { file, line }, `the line is longer than ${limit} characters`);
  };
  for await (const chunk of text) {
    let start = 0;
    for (let end = chunk.indexOf('\n'); end >= 0; end = chunk.indexOf('\n', start)) {
      check(end - start);
      line += 1;
      length = 0;
      start = end + 1;
    }
    check(chunk.length - start);
    length += chunk.length - start;
    yield chunk;
  }
}

const findings: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field is not closed before the file ends',
  CSV_INVALID_CLOSING_QUOTE: 'a closing quote is followed by more text in the same field',
  INVALID_OPENING_QUOTE: 'a quote stands inside an unquoted field',
};

function csvFault(fault: unknown, file: string, limit: number): unknown {
  if (!(fault instanceof CsvError)) return fault;
  const line = Number(fault.lines ?? 1);
  if (fault.code === 'CSV_MAX_RECORD_SIZE')
    return errorAt('FILE_TOO_LARGE', { file, line }, `a record is longer than ${limit} characters`, fault);
  return errorAt('MALFORMED_FILE', { file, line }, findings[fault.code] ?? fault.message, fault);
}

interface CsvRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

/** All records including the header, each with the line on which it starts. */
async function* readRecords(
  text: AsyncIterable<string>,
  file: string,
  format: FileFormat,
  limits: FileLimits,
): AsyncGenerator<{ readonly line: number; readonly record: readonly string[] }> {
  const parser = parse({ ...optionsOf(format), info: true, max_record_size: limits.lineBytes });
  // Errors are thrown by the loop below; without a callback they would end the process.
  pipeline(Readable.from(limitLines(text, file, limits.lineBytes)), parser, () => undefined);
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      const breaks = sum(record.map((field) => field.match(/\r\n|\n|\r/g)?.length ?? 0));
      yield { line: info.lines - breaks, record };
    }
  } catch (fault) {
    throw csvFault(fault, file, limits.lineBytes);
  }
}

function checkHeader(file: string, names: readonly string[], limits: FileLimits): void {
  if (names.length > limits.columns)
    throw errorAt('FILE_TOO_LARGE', { file, line: 1 }, `${names.length} columns, the limit is ${limits.columns}`);
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) !== index);
  if (twice !== undefined)
    throw errorAt('MALFORMED_FILE', { file, line: 1, column: twice }, 'the header has this column twice');
}

/**
 * Data rows of a CSV file with the cells of `columns`.
 * @throws PipelineError `MALFORMED_FILE` (quotes, number of columns, a repeated column name), `FILE_TOO_LARGE`.
 */
export async function* readCsvRows(
  text: AsyncIterable<string>,
  file: string,
  target: { readonly format: FileFormat; readonly columns: readonly FileColumn[] },
  limits: FileLimits,
): AsyncGenerator<DataRow> {
  let names = target.format.positionalColumns;
  let positions: readonly number[] | null = null;
  let row = 0;
  for await (const { line, record } of readRecords(text, file, target.format, limits)) {
    const isHeader = names === undefined;
    names ??= record.map((name) => name.trim());
    if (positions === null) {
      checkHeader(file, names, limits);
      const header = names;
      positions = target.columns.map(({ nameInFile }) => header.indexOf(nameInFile));
    }
    if (isHeader) continue;
    row += 1;
    if (record.length !== names.length)
      throw errorAt('MALFORMED_FILE', { file, row, line }, `found ${record.length} columns, wanted ${names.length}`);
    yield { line, cells: positions.map((position) => record[position]) };
  }
}
