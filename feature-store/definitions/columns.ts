import type { Table } from '../../contracts/table.js';
import { numberColumn, textColumn, timestampColumn } from '../../learning/table.js';

/*
 * Columns of a table that a source may not have at all (an import without cards or payments): no table, no rows, and
 * nothing ever asks for a value. A table that is there must have the column.
 */

/** @throws PipelineError `MISSING_COLUMN`. */
export const numbersOf = (table: Table | undefined, name: string): Float64Array =>
  table === undefined ? new Float64Array(0) : numberColumn(table, name);

/** @throws PipelineError `MISSING_COLUMN`. */
export const timesOf = (table: Table | undefined, name: string): Float64Array =>
  table === undefined ? new Float64Array(0) : timestampColumn(table, name);

/** @throws PipelineError `MISSING_COLUMN`. */
export const textsOf = (table: Table | undefined, name: string): readonly (string | null)[] =>
  table === undefined ? [] : textColumn(table, name);

/**
 * A date that is written into its row later: it counts only when it lies before `asOf`, else the row reads as it did
 * then. @returns the date, or NaN for "not yet".
 */
export const knownBefore = (date: number, asOf: number): number => (date < asOf ? date : Number.NaN);
