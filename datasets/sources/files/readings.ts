import type { Cell } from './cells.js';

/** The numbers that one cell may mean, in the order of the kind's names; NaN where it cannot be read so. */
export interface CellReadings {
  readonly values: readonly number[];
  /** Ways of writing that the reader of the output is told of, `grouped digits`. */
  readonly marks?: readonly string[];
}

/**
 * How the cells of a column are read as numbers. A way of writing may have several readings, `1,234` with the comma as
 * decimal sign or between thousands; which one holds is decided over the column.
 */
export interface CellReader {
  /** Names of the readings, `day first`. */
  readonly names: readonly string[];
  readonly wanted: string;
  readonly read: (cell: Cell) => CellReadings;
  /** What a cell that no reading fits looks like, without its value. */
  readonly describe: (cell: Cell) => string;
  /** The writing by which readings are told apart, `lakhs grouped by commas`; null where there is none. */
  readonly writing?: (cell: Cell) => string | null;
}

/** The same value under every reading. */
export const everywhere = (value: number, count: number): CellReadings => ({
  values: Array<number>(count).fill(value),
});
