import { z } from 'zod';
import type { DatasetSchema, FeatureSpec } from '../../../contracts/dataset.js';
import type { Column, Table } from '../../../contracts/table.js';
import type { Cell, RowInput } from '../../../learning/tabular/preprocessing/index.js';
import type { EncodableRows } from './encodable-rows.js';

const word = z.strictObject({ word: z.string(), share: z.number() });

/** A column of a table of any layout, with what is usual in training. */
const tableColumn = z.strictObject({
  name: z.string(),
  label: z.string(),
  /** Nineteen twentieths of the known numbers lie between. */
  low: z.number(),
  high: z.number(),
  /** Of words: the share of the rows that have each. A word counts as its rarity, −ln(share). */
  words: z.array(word).optional(),
  /** Rows of training: a word that none of them has is rarer than one that one has. */
  rows: z.int(),
});
export type TableColumn = z.infer<typeof tableColumn>;

/** How the rows of a table of any layout become numbers. */
export const tableColumns = z.array(tableColumn).min(1);

const TAIL = 0.025;

function rangeOf(column: Column | undefined): Pick<TableColumn, 'low' | 'high'> {
  if (column === undefined || column.kind === 'text') return { low: 0, high: 0 };
  const known = column.values.filter((value) => Number.isFinite(value)).sort();
  const at = (share: number): number => known[Math.round(share * (known.length - 1))] ?? 0;
  return { low: at(TAIL), high: at(1 - TAIL) };
}

function wordsOf(column: Column | undefined): TableColumn['words'] {
  if (column?.kind !== 'text') return undefined;
  const counts = new Map<string, number>();
  for (const value of column.values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort().map(([one, count]) => ({ word: one, share: count / column.values.length }));
}

function columnOf({ name, description }: FeatureSpec, table: Table): TableColumn {
  const column = table.columns[name];
  const words = wordsOf(column);
  return { name, label: description, ...rangeOf(column), rows: table.rowCount, ...(words && { words }) };
}

/** What is usual in the training rows of a table; null for transactions, whose features are computed. */
export const tableColumnsOf = ({ features, table: described }: DatasetSchema, table: Table): TableColumn[] | null =>
  described === undefined ? null : features.map((feature) => columnOf(feature, table));

/** Share of the training rows with a word; for one that is new, as if half a row had it. */
export const shareOf = ({ words = [], rows }: TableColumn, cell: string): number =>
  words.find((one) => one.word === cell)?.share ?? 0.5 / Math.max(1, rows);

/** Rarity of each word, looked up once a column. */
function rarityOf(column: TableColumn): (cell: Cell) => number {
  const rarities = new Map((column.words ?? []).map(({ word: name, share }) => [name, -Math.log(share)]));
  const unseen = -Math.log(shareOf({ ...column, words: [] }, ''));
  return (cell) => {
    if (typeof cell === 'string') return rarities.get(cell) ?? unseen;
    return typeof cell === 'number' ? cell : Number.NaN;
  };
}

/** Rows of a table as numbers. @param cell - a value of a row by the column's name. */
function rowsOf(
  columns: readonly TableColumn[],
  count: number,
  cell: (row: number, name: string) => Cell,
): EncodableRows {
  const numbers = new Map(columns.map((column) => [column.name, rarityOf(column)]));
  return {
    count,
    number: (row, name) => numbers.get(name)?.(cell(row, name)) ?? Number.NaN,
    category: () => null,
  };
}

/** The rows of a table that was read from a file. */
export const rowsOfTable = (columns: readonly TableColumn[], table: Table): EncodableRows =>
  rowsOf(columns, table.rowCount, (row, name) => table.columns[name]?.values[row]);

/** Requests with one row each. */
export const rowsOfInputs = (columns: readonly TableColumn[], inputs: readonly RowInput[]): EncodableRows =>
  rowsOf(columns, inputs.length, (row, name) => inputs[row]?.[name]);

const plain = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 2 });

/** What is to be said of a value; null when it is as usual. */
export function describeCell(column: TableColumn, cell: Cell): string | null {
  const { label, low, high } = column;
  if (typeof cell === 'string') {
    const known = column.words?.some((one) => one.word === cell) === true;
    return known
      ? `${label} ${cell}, which ${(100 * shareOf(column, cell)).toFixed(1)} % of the rows have`
      : `${label} has a word that training has not seen`;
  }
  if (typeof cell !== 'number' || Number.isNaN(cell)) return null;
  if (cell > high) return `${label} ${plain(cell)}, above the usual ${plain(low)} to ${plain(high)}`;
  if (cell < low) return `${label} ${plain(cell)}, below the usual ${plain(low)} to ${plain(high)}`;
  return `${label} ${plain(cell)}, together with the other values`;
}
