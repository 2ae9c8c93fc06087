import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { errorAt, messageOf, PipelineError } from '../../../contracts/errors.js';

/** One row of a Berka table with typed access to its cells; errors name file, row and column. */
export interface BerkaRow {
  text(column: string): string;
  integer(column: string): number;
  decimal(column: string): number;
  /** A date in the form YYMMDD (a time after it is ignored), as milliseconds at midnight UTC. */
  date(column: string): number;
  /** @throws PipelineError `INVALID_VALUE` with the cell's text, which is anonymised in this data set. */
  invalid(column: string, wanted: string): never;
}

/** Maximum number of bytes in a line; those of the original tables are shorter. */
const MAX_LINE = 10_000;

/**
 * Path of the first of these files in the folder, plain or gzip.
 * @throws PipelineError `FILE_NOT_READABLE` naming the files that were looked for.
 */
export function locateTable(folder: string, names: readonly string[]): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw errorAt('FILE_NOT_READABLE', { file: folder }, 'it is not a folder, wanted the one with the Berka tables');
  const candidates = names.flatMap((name) => [`${name}.asc`, `${name}.asc.gz`]);
  const found = candidates.find((candidate) => existsSync(join(folder, candidate)));
  if (found !== undefined) return join(folder, found);
  throw errorAt('FILE_NOT_READABLE', { file: folder }, `it has none of ${candidates.join(', ')}`);
}

const MOMENT = /^(\d{2})(\d{2})(\d{2})(?: [\d:]+)?$/;

function dateOf(text: string): number | null {
  const [, year, month, day] = MOMENT.exec(text) ?? [];
  if (year === undefined) return null;
  const moment = Date.UTC(1900 + Number(year), Number(month) - 1, Number(day));
  // Date.UTC accepts 30 February and returns a day in March.
  return new Date(moment).getUTCDate() === Number(day) && Number(month) <= 12 ? moment : null;
}

function rowAccess(file: string, row: number, cells: Readonly<Record<string, string>>): BerkaRow {
  const invalid = (column: string, wanted: string): never => {
    const found = (cells[column] ?? '').slice(0, 40);
    throw errorAt('INVALID_VALUE', { file, row, column, found, wanted }, `found "${found}", wanted ${wanted}`);
  };
  const text = (column: string): string => cells[column] ?? invalid(column, 'a value');
  return {
    text,
    invalid,
    integer: (column) => (/^-?\d+$/.test(text(column)) ? Number(text(column)) : invalid(column, 'a whole number')),
    decimal: (column) => (/^-?\d+(\.\d+)?$/.test(text(column)) ? Number(text(column)) : invalid(column, 'a number')),
    date: (column) => dateOf(text(column)) ?? invalid(column, 'a date as YYMMDD'),
  };
}

/** Rejects a file without the wanted columns, such as one of another table. */
function checkHeader(file: string, found: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((column) => !found.includes(column));
  if (missing.length > 0)
    throw errorAt(
      'MISSING_COLUMN',
      { file, column: missing[0] },
      `wanted ${missing.join(', ')}; found ${found.join(', ')}`.slice(0, 500),
    );
}

function malformed(file: string, fault: unknown): PipelineError {
  if (fault instanceof PipelineError) return fault;
  const line = fault instanceof CsvError && typeof fault.lines === 'number' ? fault.lines : undefined;
  return errorAt('MALFORMED_FILE', { file, line }, messageOf(fault), fault);
}

/**
 * Streams the rows of a `;`-separated Berka table in constant memory.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`; the row's accessors throw `INVALID_VALUE`.
 */
export async function* readTable(path: string, columns: readonly string[]): AsyncGenerator<BerkaRow> {
  const file = basename(path);
  const bytes: Readable = createReadStream(path);
  const plain = path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  bytes.once('error', (fault) => plain.destroy(fault)); // `pipe` does not forward errors
  const records = parse({
    delimiter: ';',
    bom: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE,
    columns: (header: string[]) => (checkHeader(file, header, columns), header),
  });
  plain.once('error', (fault) => records.destroy(fault));
  plain.pipe(records);
  let row = 0;
  try {
    for await (const cells of records as AsyncIterable<Record<string, string>>) yield rowAccess(file, ++row, cells);
  } catch (fault) {
    throw malformed(file, fault);
  }
  if (row === 0) throw errorAt('FILE_EMPTY', { file }, 'the file holds a header and no data row');
}
