import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { CsvError, parse } from 'csv-parse';
import { PipelineError } from '../../../contracts/errors.js';

/** One line of a Berka table with typed access to its cells; errors name file, row and column. */
export interface BerkaRow {
  text(column: string): string;
  integer(column: string): number;
  decimal(column: string): number;
  /** A date written YYMMDD (a time after it is ignored), as milliseconds at midnight UTC. */
  date(column: string): number;
  /** @throws PipelineError `INVALID_VALUE` with what was found. */
  refuse(column: string, wanted: string): never;
}

/** Longer than any line of the original tables. */
const LONGEST_LINE = 10_000;

/**
 * The path of the first of these files that the folder has, plain or gzipped.
 * @throws PipelineError `FILE_NOT_READABLE` naming what was looked for.
 */
export function locateTable(folder: string, names: readonly string[]): string {
  if (!existsSync(folder) || !statSync(folder).isDirectory())
    throw new PipelineError('FILE_NOT_READABLE', `${folder} is not a folder; wanted the one with the Berka tables`, {
      file: folder,
    });
  const candidates = names.flatMap((name) => [`${name}.asc`, `${name}.asc.gz`]);
  const found = candidates.find((candidate) => existsSync(join(folder, candidate)));
  if (found !== undefined) return join(folder, found);
  throw new PipelineError('FILE_NOT_READABLE', `${folder} has none of ${candidates.join(', ')}`, { file: folder });
}

const MOMENT = /^(\d{2})(\d{2})(\d{2})(?: [\d:]+)?$/;

function dateOf(text: string): number | null {
  const [, year, month, day] = MOMENT.exec(text) ?? [];
  if (year === undefined) return null;
  const moment = Date.UTC(1900 + Number(year), Number(month) - 1, Number(day));
  // Date.UTC rolls 30 February over into March.
  return new Date(moment).getUTCDate() === Number(day) && Number(month) <= 12 ? moment : null;
}

function rowAccess(file: string, row: number, cells: Readonly<Record<string, string>>): BerkaRow {
  const refuse = (column: string, wanted: string): never => {
    const found = (cells[column] ?? '').slice(0, 40);
    throw new PipelineError(
      'INVALID_VALUE',
      `${file}, row ${row}, column ${column}: found "${found}", wanted ${wanted}`,
      {
        ...{ file, row, column, found, wanted },
      },
    );
  };
  const text = (column: string): string => cells[column] ?? refuse(column, 'a value');
  return {
    text,
    refuse,
    integer: (column) => (/^-?\d+$/.test(text(column)) ? Number(text(column)) : refuse(column, 'a whole number')),
    decimal: (column) => (/^-?\d+(\.\d+)?$/.test(text(column)) ? Number(text(column)) : refuse(column, 'a number')),
    date: (column) => dateOf(text(column)) ?? refuse(column, 'a date as YYMMDD'),
  };
}

/** Refuses a file that is another table than its name says. */
function checkHeader(file: string, found: readonly string[], wanted: readonly string[]): void {
  const missing = wanted.filter((column) => !found.includes(column));
  if (missing.length > 0)
    throw new PipelineError(
      'MISSING_COLUMN',
      `${file} lacks ${missing.join(', ')}; it has ${found.join(', ')}`.slice(0, 500),
      { file, columns: missing },
    );
}

function malformed(file: string, fault: unknown): PipelineError {
  if (fault instanceof PipelineError) return fault;
  const line = fault instanceof CsvError && typeof fault.lines === 'number' ? `, line ${fault.lines}` : '';
  const reason = fault instanceof Error ? fault.message : String(fault);
  return new PipelineError('MALFORMED_FILE', `${file}${line}: ${reason}`, { file }, { cause: fault });
}

/**
 * Streams a `;`-separated Berka table, row by row; memory does not grow with the file.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`; the row's accessors throw `INVALID_VALUE`.
 */
export async function* readTable(path: string, columns: readonly string[]): AsyncGenerator<BerkaRow> {
  const file = basename(path);
  const bytes: Readable = createReadStream(path);
  const plain = path.endsWith('.gz') ? bytes.pipe(createGunzip()) : bytes;
  bytes.once('error', (fault) => plain.destroy(fault)); // pipe does not pass faults on
  const records = parse({
    ...{ delimiter: ';', bom: true, skip_empty_lines: true, max_record_size: LONGEST_LINE },
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
  if (row === 0) throw new PipelineError('FILE_EMPTY', `${file} has no row below its header`, { file });
}
