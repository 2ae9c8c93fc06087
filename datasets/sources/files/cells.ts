import { unescaped } from './normalise-cell.js';

/** One field of a record: text from CSV, any scalar from JSON, `undefined` for an absent JSON member. */
export type Scalar = string | number | boolean | null | undefined;

/** An amount whose sign stands in a second column, or which is written in one of two columns. */
export type SplitAmount =
  | { readonly kind: 'pair'; readonly debit: Scalar; readonly credit: Scalar }
  | { readonly kind: 'signed'; readonly amount: Scalar; readonly direction: Scalar };

/** What stands in a column's place in one record. */
export type Cell = Scalar | SplitAmount;

/** A converted cell, or a description of what was found and what was wanted. */
export type Converted<T> = { readonly value: T } | { readonly found: string; readonly wanted: string };

/** Placeholders, which may be quoted in a message because they contain no personal data. */
const PLACEHOLDER = /^[+-]?(?:nan|inf|infinity|∞|null|none|na|n\/a|nil|true|false|yes|no|-|\?)$/i;
/** A number whose digits a spreadsheet has cut: 9.00720E+15. */
const SCIENTIFIC = /^\d(?:[.,]\d+)?E\+\d{2,3}$/i;
/** How COPY in its text format writes a missing value. */
const COPY_NULL = '\\N';

/** Describes a cell without its value, which may be a name or an amount. */
export function describeCell(cell: unknown): string {
  if (cell === undefined || cell === null || cell === '') return 'nothing';
  if (Array.isArray(cell)) return 'a list';
  if (typeof cell === 'string')
    return PLACEHOLDER.test(cell.trim()) ? `"${cell.trim()}"` : `text of ${cell.length} characters`;
  if (typeof cell === 'number') return Number.isFinite(cell) ? 'a number' : `"${cell}"`;
  return typeof cell === 'boolean' ? `"${cell}"` : 'an object';
}

/** Words that programs write for a missing number, date or flag; in a column of text they may be a name or a code. */
export const NULL_WORDS: readonly string[] = ['na', 'n/a', '#n/a', 'null', 'nan', 'none', '-'];

function isBlank(cell: Scalar, words: readonly string[] = []): boolean {
  if (typeof cell !== 'string') return cell === undefined || cell === null;
  const text = cell.trim();
  return text === '' || cell === COPY_NULL || (words.length > 0 && words.includes(text.toLowerCase()));
}

/** True for a cell of two columns. JSON may hold other objects, which are faults. */
export const isSplit = (cell: unknown): cell is SplitAmount =>
  typeof cell === 'object' && cell !== null && 'kind' in cell && (cell.kind === 'pair' || cell.kind === 'signed');

/**
 * True for an absent, null or blank cell, for `\N`, and for the words that stand for a missing value.
 * @param words - in lower case.
 */
export function isMissingCell(cell: Cell, words: readonly string[] = []): boolean {
  if (!isSplit(cell)) return isBlank(cell, words);
  return cell.kind === 'pair' ? isBlank(cell.debit, words) && isBlank(cell.credit, words) : isBlank(cell.amount, words);
}

/** Converts a cell that is not missing to text; numbers and booleans from JSON are formatted. */
export function convertText(cell: Cell): Converted<string> {
  if (typeof cell === 'string') {
    if (!SCIENTIFIC.test(cell.trim())) return { value: unescaped(cell) };
    const found = 'a number in scientific writing, whose last digits a spreadsheet has cut';
    return { found, wanted: 'text; format the column as text before the file is saved' };
  }
  if (typeof cell === 'number' || typeof cell === 'boolean') return { value: String(cell) };
  return { found: describeCell(cell), wanted: 'text' };
}
