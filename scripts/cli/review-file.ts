import { parse } from 'csv-parse/sync';
import { PipelineError } from '../../contracts/errors.js';

type FileFault = 'MALFORMED_FILE' | 'MISSING_COLUMN' | 'INVALID_VALUE' | 'FILE_EMPTY';

/** What is wrong with a review file, by its name. */
export const fileFault = (file: string, code: FileFault, finding: string): PipelineError =>
  new PipelineError(code, `${file}: ${finding}`, { file });

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
