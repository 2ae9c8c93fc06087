import {
  parseColumnNames,
  parseDateFormat,
  parseDecimal,
  parseDelimiter,
  type ReadingOptions,
} from '../../datasets/sources/files/reading-options.js';
import { readJsonInput } from './json-input.js';

/** Options of a command that say how a data file is written, as typed. */
export interface TypedReadingOptions {
  readonly delimiter?: string;
  readonly decimal?: string;
  readonly dateFormat?: string;
  /** Path of a JSON file. */
  readonly columns?: string;
}

/** The options checked, the file of column names read. @throws PipelineError `INVALID_INPUT`, `FILE_NOT_READABLE`. */
export async function readingOptions({
  delimiter,
  decimal,
  dateFormat,
  columns,
}: TypedReadingOptions): Promise<ReadingOptions> {
  return {
    ...(delimiter !== undefined && { delimiter: parseDelimiter(delimiter) }),
    ...(decimal !== undefined && { decimal: parseDecimal(decimal) }),
    ...(dateFormat !== undefined && { dateFormat: parseDateFormat(dateFormat) }),
    ...(columns !== undefined && { columns: parseColumnNames(await readJsonInput(`@${columns}`)) }),
  };
}
