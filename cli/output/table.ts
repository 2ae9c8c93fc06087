import Table from 'cli-table3';
import { printable } from './paint.js';

/** A table for people; cells are text already formatted. */
export interface HumanTable {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Columns set flush right, for numbers. */
  readonly right?: readonly string[];
  /** Width of the terminal; a wider table is shown one record under the other. */
  readonly width?: number;
}

const noBorders = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: '  ',
};

/**
 * Columns side by side, without rules, so that rows can be cut with ordinary tools. Control characters in a cell are
 * made visible.
 */
export function renderTable({ head, rows, ...layout }: HumanTable): string {
  const printed = (cells: readonly string[]): string[] => cells.map(printable);
  return layOut({ ...layout, head: printed(head), rows: rows.map(printed) });
}

function layOut(table: HumanTable): string {
  const wide = renderColumns(table);
  const widest = Math.max(...wide.split('\n').map((line) => line.length));
  return table.width !== undefined && widest > table.width ? renderRecords(table) : wide;
}

function renderColumns({ head, rows, right = [] }: HumanTable): string {
  const grid = new Table({
    head: [...head],
    chars: noBorders,
    colAligns: head.map((name) => (right.includes(name) ? 'right' : 'left')),
    style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
  });
  grid.push(...rows.map((row) => [...row]));
  return trimLines(grid.toString());
}

/** One block a row, one line a cell, without empty cells: readable at any width. */
function renderRecords({ head, rows }: HumanTable): string {
  const widest = Math.max(...head.map((name) => name.length));
  const record = (row: readonly string[]): string =>
    head
      .flatMap((name, index) => (isFilled(row[index]) ? [`${name.padEnd(widest)}  ${row[index]}`.trimEnd()] : []))
      .join('\n');
  return rows.map(record).join('\n\n');
}

const isFilled = (cell: string | undefined): cell is string =>
  cell !== undefined && cell !== '' && cell !== '-' && cell !== '–';

const trimLines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
