import { constants } from 'node:fs';
import { access, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parse } from 'csv-parse/sync';
import { PipelineError } from '../../contracts/errors.js';
import type { Connection } from '../program/context.js';

type FileFault = 'MALFORMED_FILE' | 'MISSING_COLUMN' | 'INVALID_VALUE' | 'FILE_EMPTY';

/** What is wrong with a review file, by its name. */
export const fileFault = (file: string, code: FileFault, finding: string): PipelineError =>
  new PipelineError(code, `${file}: ${finding}`, { file });

/** What customers wrote, as a spreadsheet may show it: a cell that begins like a formula would be run (OWASP, CSV injection). */
export const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** A CSV cell, quoted where it must be. */
export const quoted = (cell: string): string => (/[",\n\r]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

/**
 * Rows of a corrected review: its ids and one column, trimmed; rows where either is empty are left out.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`, `FILE_EMPTY`.
 */
export function readReview(
  text: string,
  file: string,
  column: string,
): { readonly id: string; readonly answer: string; readonly row: number }[] {
  let rows: Record<string, string>[];
  try {
    rows = parse(text, { columns: true, skip_empty_lines: true, bom: true });
  } catch {
    throw fileFault(file, 'MALFORMED_FILE', 'it is not a CSV file with a header');
  }
  const [first] = rows;
  if (first === undefined) throw fileFault(file, 'FILE_EMPTY', 'it holds no row');
  if (!('id' in first) || !(column in first))
    throw fileFault(file, 'MISSING_COLUMN', `wanted the columns id and ${column}`);
  return rows
    .map((cells, row) => ({ id: (cells['id'] ?? '').trim(), answer: (cells[column] ?? '').trim(), row }))
    .filter(({ id, answer }) => id !== '' && answer !== '');
}

/**
 * The file as text.
 * @throws PipelineError `FILE_NOT_READABLE`; `MALFORMED_FILE` when it is not UTF-8, as spreadsheets may save it.
 */
export async function readLabelFile(file: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    throw new PipelineError('FILE_NOT_READABLE', `${file}: it cannot be read`, { file }, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw fileFault(file, 'MALFORMED_FILE', 'it is not text in UTF-8');
  }
}

const unwritable = (file: string, finding: string, cause?: unknown): PipelineError =>
  new PipelineError('INVALID_INPUT', `--output ${file}: ${finding}`, { file }, { cause });

/**
 * Looks before the work begins whether a review can be written. A file that is there may hold somebody's labels.
 * @throws PipelineError `INVALID_INPUT`.
 */
export async function requireNewFile(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  try {
    await access(dirname(file), constants.W_OK);
  } catch (cause) {
    throw unwritable(file, 'its folder does not exist or may not be written to', cause);
  }
  const there = await access(file).then(() => true, () => false); // prettier-ignore
  if (there) throw unwritable(file, 'it exists already, and labels may be in it; give another name or remove it');
}

/** @throws PipelineError `INVALID_INPUT` when the file has come into being or cannot be written; half a file does not stay. */
export async function writeNewFile(file: string, content: string): Promise<void> {
  const created = await open(file, 'wx').catch((cause: unknown) => {
    throw unwritable(file, 'it cannot be written', cause);
  });
  try {
    await created.writeFile(content);
  } catch (cause) {
    await rm(file, { force: true });
    throw unwritable(file, 'it cannot be written', cause);
  } finally {
    await created.close();
  }
}

/** The source that is named, else the one in use. @throws PipelineError `SOURCE_NOT_FOUND` listing the known ones. */
export async function chooseSource({ services }: Connection, named: string | undefined): Promise<string> {
  if (named === undefined) return services.catalog.active();
  const known = (await services.catalog.list()).map(({ name }) => name);
  if (known.includes(named)) return named;
  const list = known.length === 0 ? 'none' : known.join(', ');
  throw new PipelineError('SOURCE_NOT_FOUND', `no source is called "${named}"; known: ${list}`, { source: named });
}
