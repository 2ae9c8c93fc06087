import type { Command } from 'commander';
import {
  parseColumnNames,
  parseDateFormat,
  parseDecimal,
  parseDelimiter,
  parseEncoding,
  parseSkipLines,
  parseTimeZone,
  type ReadingOptions,
} from '../../datasets/sources/files/reading-options.js';
import { readJsonInput } from './json-input.js';

/** Options of a command that say how a data file is written, as typed. */
export interface TypedReadingOptions {
  readonly delimiter?: string;
  readonly decimal?: string;
  readonly dateFormat?: string;
  readonly null?: readonly string[];
  readonly encoding?: string;
  readonly skipLines?: string;
  readonly timeZone?: string;
  /** Path of a JSON file. */
  readonly columns?: string;
}

const repeated = (word: string, before: readonly string[] = []): readonly string[] => [...before, word];

/** Adds `--delimiter`, `--decimal`, `--date-format`, `--null`, `--encoding`, `--skip-lines`, `--time-zone`, `--columns`. */
export const addReadingOptions = (command: Command): Command =>
  command
    .option('--delimiter <sign>', 'between the fields of the file: "," ";" "|" or tab (detected)')
    .option('--decimal <sign>', 'decimal sign of the file: "." or "," (detected)')
    .option('--date-format <format>', 'day-first, month-first, year-first, unix-seconds, or DD/MM/YYYY (detected)')
    .option('--null <word>', 'stands for a missing value in every column, also of text (repeat it)', repeated)
    .option('--encoding <name>', 'utf-8, utf-16le, utf-16be or windows-1252 (detected)')
    .option('--skip-lines <n>', 'lines above the header of the file (detected)')
    .option('--time-zone <zone>', "of the customers' clocks in the file (CUSTOMER_TIME_ZONE)")
    .option('--columns <file>', 'JSON file {"name in the format": "name in the file"} (names are matched)');

/** The options checked, the file of column names read. @throws PipelineError `INVALID_INPUT`, `FILE_NOT_READABLE`. */
export async function readingOptions({
  delimiter,
  decimal,
  dateFormat,
  columns,
  null: nulls,
  encoding,
  skipLines,
  timeZone,
}: TypedReadingOptions): Promise<ReadingOptions> {
  return {
    ...(delimiter !== undefined && { delimiter: parseDelimiter(delimiter) }),
    ...(decimal !== undefined && { decimal: parseDecimal(decimal) }),
    ...(dateFormat !== undefined && { dateFormat: parseDateFormat(dateFormat) }),
    ...(nulls !== undefined && { nulls }),
    ...(encoding !== undefined && { encoding: parseEncoding(encoding) }),
    ...(skipLines !== undefined && { skipLines: parseSkipLines(skipLines) }),
    ...(timeZone !== undefined && { timeZone: parseTimeZone(timeZone) }),
    ...(columns !== undefined && { columns: parseColumnNames(await readJsonInput(`@${columns}`)) }),
  };
}
