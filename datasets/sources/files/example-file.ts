import type { FileFormat } from '../../../contracts/dataset.js';
import { PipelineError } from '../../../contracts/errors.js';
import { writeCsv } from '../../../learning/text/csv.js';
import { fileColumns, isInFile } from './column-sources.js';

/** How an example file is written. */
export type ExampleEncoding = 'csv' | 'json';

/** The same rows for everybody. */
const SEED = 20261130;

/** An example file of one format. */
export interface ExampleFile {
  readonly format: FileFormat;
  readonly text: string;
  readonly rows: number;
}

type ExampleFormat = FileFormat & Required<Pick<FileFormat, 'exampleRows'>>;
const hasExample = (format: FileFormat): format is ExampleFormat => format.exampleRows !== undefined;

/** Formats whose layout is `text` have their rows in JSON. */
const isWrittenAs = ({ encodings }: FileFormat, encoding: ExampleEncoding): boolean =>
  encodings.includes(encoding) || (encoding === 'json' && encodings.includes('text'));

const cellText = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : '';

/** Every column of the format in its order; those without a value in the example are empty. */
function asCsv(format: ExampleFormat, rows: readonly Readonly<Record<string, unknown>>[]): string {
  const names = fileColumns(format)
    .filter(isInFile)
    .map(({ nameInFile }) => nameInFile);
  return writeCsv(
    names,
    rows.map((row) => names.map((name) => cellText(row[name]))),
  );
}

/** One record a line, without members that have no value. */
function asJson(rows: readonly Readonly<Record<string, unknown>>[]): string {
  const filled = rows.map((row) => Object.fromEntries(Object.entries(row).filter(([, value]) => value !== '')));
  return `[\n${filled.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
}

/**
 * A file of invented rows, made from the description of a format, which can be read and trained from as it is.
 * @throws PipelineError `INVALID_INPUT` when no format of the model is written so.
 */
export function exampleFile(formats: readonly FileFormat[], encoding: ExampleEncoding): ExampleFile {
  const format = formats.filter(hasExample).find((one) => isWrittenAs(one, encoding));
  if (format === undefined) {
    const known = formats.filter(hasExample).flatMap(({ encodings }) => encodings);
    const message = `the model has no example file in ${encoding}; known: ${[...new Set(known)].join(', ')}`;
    throw new PipelineError('INVALID_INPUT', message, { encoding });
  }
  const rows = format.exampleRows(SEED);
  return { format, text: encoding === 'csv' ? asCsv(format, rows) : asJson(rows), rows: rows.length };
}
