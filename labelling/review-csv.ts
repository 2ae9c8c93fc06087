import { parse } from 'csv-parse/sync';
import { errorAt } from '../contracts/errors.js';
import { csvOptions, delimiterOf } from '../learning/text/csv.js';

/** A customer's text for a spreadsheet: a cell that begins like a formula would be run (OWASP, CSV injection). */
export const escapeFormula = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);

/** A filled-in cell of a review. */
export interface ReviewAnswer {
  readonly id: string;
  readonly answer: string;
  /** In the file, from 1 below the header. */
  readonly row: number;
}

/** What to read of a review, and what to say of an id that comes twice. */
export interface ReviewColumn {
  readonly file: string;
  readonly column: string;
  readonly duplicate: string;
}

/** A spreadsheet may have saved the review with another delimiter. */
function parseRows(text: string, { file, column }: ReviewColumn): Record<string, string>[] {
  try {
    const delimiter = delimiterOf(text, ['id', column]);
    return parse(text, { ...csvOptions({ delimiter }), relax_column_count: false, columns: true });
  } catch {
    throw errorAt('MALFORMED_FILE', { file }, 'it is not a CSV file with a header');
  }
}

/**
 * Ids and one column of a corrected review, trimmed; rows where either is empty are left out.
 * @throws PipelineError `MALFORMED_FILE`, `MISSING_COLUMN`, `INVALID_VALUE` (an id twice), `FILE_EMPTY`.
 */
export function readReview(text: string, review: ReviewColumn): ReviewAnswer[] {
  const { file, column, duplicate } = review;
  const rows = parseRows(text, review);
  const [first] = rows;
  if (first === undefined) throw errorAt('FILE_EMPTY', { file }, 'it holds no row');
  if (!('id' in first) || !(column in first))
    throw errorAt('MISSING_COLUMN', { file }, `wanted the columns id and ${column}`);
  const answers = rows
    .map((cells, i) => ({ id: (cells['id'] ?? '').trim(), answer: (cells[column] ?? '').trim(), row: i + 1 }))
    .filter(({ id, answer }) => id !== '' && answer !== '');
  if (new Set(answers.map(({ id }) => id)).size < answers.length) throw errorAt('INVALID_VALUE', { file }, duplicate);
  return answers;
}
