import { composed, type ErrorRow, row } from './error-row.js';

/** Rows of the error table about bad files, data and policies. */
export const dataErrors = {
  FILE_NOT_READABLE: composed(400, 2, 'The file does not exist, is a folder, or may not be read.'),
  FILE_EMPTY: composed(422, 2, 'The file holds no data row.'),
  FILE_TOO_LARGE: composed(413, 2, 'The file, a line of it, or what it unpacks to is over the limit.'),
  MALFORMED_FILE: composed(
    422,
    2,
    'The content does not fit the format that the name or the first bytes indicate; the message names the row.',
  ),
  UNKNOWN_FORMAT: composed(422, 2, 'The columns fit none of the file formats this model reads.'),
  MISSING_COLUMN: composed(422, 2, 'A column that the format needs is absent.'),
  INVALID_VALUE: composed(
    422,
    2,
    'A cell or field holds something that is not allowed there; the message names the place.',
  ),
  TOO_FEW_ROWS: composed(422, 2, 'There are fewer rows than this model can learn or be judged from.'),
  SINGLE_CLASS: composed(422, 2, 'All labels are the same, so there is nothing to learn.'),
  DATA_REJECTED: composed(422, 3, 'Validation found more bad rows than the threshold allows; the report lists them.'),
  DATA_ERASED: row(
    410,
    2,
    'What is asked for held a customer who was forgotten since, so it is not stored any more; docs/erasure.md.',
    (erased: { what: string; hash: string; replacedBy: string | null; erasedAt: string }) =>
      `${erased.what} ${erased.hash.slice(0, 12)} was erased on ${erased.erasedAt.slice(0, 10)}, since it held a customer ` +
      `who was forgotten${erased.replacedBy === null ? '' : `; the same without the customer is ${erased.replacedBy.slice(0, 12)}`}`,
  ),
  ERASURE_WAITS: row(
    409,
    1,
    'A run that began before may hold rows of the customer; the erasure goes on when it ended, or with `ml data forget --resume`.',
    ({ workflowId }: { workflowId: string }) =>
      `${workflowId} is running and may hold rows of the customer, who is on the erasure list from now on; wait for its ` +
      'end, or cancel it, and finish with: ml data forget --resume',
  ),
  FEATURE_LEAK: row(
    422,
    1,
    'A feature of training rows uses what became known at or after the moment of the row; the message names the columns.',
    ({ columns, rows, sampled }: { columns: readonly string[]; rows: number; sampled: number }) =>
      `${columns.slice(0, 8).join(', ')}${columns.length > 8 ? ` and ${columns.length - 8} others` : ''}: computed once ` +
      `more without what became known at or after the row's moment, the values differ in up to ${rows} of ${sampled} rows`,
  ),
  POLICY_INVALID: row(
    422,
    2,
    'A data policy names an unknown table or column, or an action that does not fit its column; docs/personal-data.md.',
    ({ where, faults }: { where: string; faults: readonly string[] }) => `${where}: ${faults.slice(0, 8).join('; ')}`,
  ),
  EXPECTATIONS_INVALID: row(
    422,
    2,
    'A file of expectations names an unknown table, column or rule, or a rule that does not fit its column; docs/data-quality.md.',
    ({ where, faults }: { where: string; faults: readonly string[] }) => `${where}: ${faults.slice(0, 8).join('; ')}`,
  ),
  COLUMN_WITHHELD: row(
    422,
    2,
    'A data policy changes a column that a model or feature view cannot do without; `ml data policy` lists them.',
    (found: { reader: string; table: string; column: string; change: string; allowed: readonly string[] }) =>
      `${found.reader} cannot do without ${found.table}.${found.column}, for which the data policy says ` +
      `${found.change}; allowed: ${found.allowed.join(', ')}`,
  ),
} as const satisfies Record<string, ErrorRow>;
