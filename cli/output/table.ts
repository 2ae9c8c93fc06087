import textWidth from 'string-width';
import { printable } from './paint.js';

/** A table for people; cells are text already formatted. */
export interface HumanTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns set flush right, for numbers. */
  readonly right?: readonly string[];
  /** Width of the terminal; a wider table is wrapped at blanks, else shown one record under the other. */
  readonly width?: number;
}

/**
 * Columns side by side, without rules, so that rows can be cut with ordinary tools. Control characters in a cell are
 * made visible.
 */
export function renderTable({ head, rows, ...layout }: HumanTable): string {
  const printed = (cells: readonly string[]): string[] => cells.map(printable);
  return layOut({ ...layout, head: printed(head), rows: rows.map(printed) });
}

function layOut(table: HumanTable): string {
  const { width } = table;
  const natural = columnsOf(table).map((cells) => Math.max(...cells.map(textWidth)));
  if (width === undefined || totalOf(natural) <= width) return renderColumns(table, natural);
  const narrow = narrowed(table, natural, width);
  return narrow === null ? renderRecords(table, width) : renderColumns(table, narrow);
}

/** Cells of each column, its title first. */
const columnsOf = ({ head, rows }: HumanTable): string[][] =>
  head.map((title, index) => [title, ...rows.map((row) => row[index] ?? '')]);

const GAP = 2;
const totalOf = (widths: readonly number[]): number => widths.reduce((sum, width) => sum + width + GAP, -GAP);

const longestWord = (text: string): number => Math.max(...text.split(' ').map(textWidth));

/** A column narrower than this reads like a list of words. */
const NARROWEST = 12;

/**
 * Widths with which the table fits when cells are wrapped at blanks; null when there are none. Words are never cut, so
 * that ids, paths and commands of one word can be copied.
 */
function narrowed(table: HumanTable, natural: readonly number[], width: number): readonly number[] | null {
  const least = columnsOf(table).map((cells, index) =>
    Math.max(...cells.map(longestWord), Math.min(natural[index]!, NARROWEST)),
  );
  if (totalOf(least) > width) return null;
  const widths = [...natural];
  for (let surplus = totalOf(natural) - width; surplus > 0; surplus--) {
    const slack = widths.map((now, index) => now - least[index]!);
    widths[slack.indexOf(Math.max(...slack))]! -= 1;
  }
  return widths;
}

/** @param widths - of the columns; cells are wrapped to them at blanks. */
function renderColumns({ head, rows, right = [] }: HumanTable, widths: readonly number[]): string {
  const isRight = head.map((name) => right.includes(name));
  const printed = (cells: readonly string[]): string =>
    cells.map((cell, index) => padded(cell, widths[index]!, isRight[index]!)).join(' '.repeat(GAP));
  return [head, ...rows]
    .flatMap((row) => linesOf(row, widths))
    .map((cells) => printed(cells).trimEnd())
    .join('\n');
}

/** A row as printed lines: as many as its cell with the most lines has. */
function linesOf(row: readonly string[], widths: readonly number[]): readonly (readonly string[])[] {
  const cells = row.map((cell, index) => wrapped(cell, widths[index]!));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) => cells.map((lines) => lines[line] ?? ''));
}

function padded(cell: string, width: number, right: boolean): string {
  const blanks = ' '.repeat(Math.max(width - textWidth(cell), 0));
  return right ? blanks + cell : cell + blanks;
}

/** One block a row, the cells below each other without empty ones, wrapped at blanks: readable at any width. */
function renderRecords({ head, rows }: HumanTable, width: number): string {
  const titles = Math.max(...head.map((name) => name.length));
  const indent = titles + GAP;
  const cellLines = (name: string, cell: string): string[] =>
    wrapped(cell, Math.max(width - indent, NARROWEST)).map((line, index) =>
      `${(index === 0 ? name : '').padEnd(indent)}${line}`.trimEnd(),
    );
  const record = (row: readonly string[]): string =>
    head.flatMap((name, index) => (isFilled(row[index]) ? cellLines(name, row[index]) : [])).join('\n');
  return rows.map(record).join('\n\n');
}

/** Lines of at most so many characters; a longer word has a line of its own. */
function wrapped(text: string, width: number): string[] {
  if (textWidth(text) <= width) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

const isFilled = (cell: string | undefined): cell is string =>
  cell !== undefined && cell !== '' && cell !== '-' && cell !== '–';
