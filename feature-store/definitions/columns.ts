import type { EncodedValues, Table } from '../../contracts/table.js';
import { encodedColumn, numberColumn, textColumn, timestampColumn } from '../../learning/table.js';

/*
 * Columns of a table that a source may lack (an import without cards or payments): an absent table gives an empty
 * column, a present table must have the column.
 */

/** A number column, empty for an absent table. @throws PipelineError `MISSING_COLUMN`. */
export const numbersOf = (table: Table | undefined, name: string): Float64Array =>
  table === undefined ? new Float64Array(0) : numberColumn(table, name);

/** A timestamp column in milliseconds, empty for an absent table. @throws PipelineError `MISSING_COLUMN`. */
export const timesOf = (table: Table | undefined, name: string): Float64Array =>
  table === undefined ? new Float64Array(0) : timestampColumn(table, name);

/** A text column, empty for an absent table. @throws PipelineError `MISSING_COLUMN`. */
export const textsOf = (table: Table | undefined, name: string): readonly (string | null)[] =>
  table === undefined ? [] : textColumn(table, name);

/** A text column as codes, empty for an absent table. @throws PipelineError `MISSING_COLUMN`. */
export const codesOf = (table: Table | undefined, name: string): EncodedValues =>
  table === undefined ? { codes: new Int32Array(0), words: [] } : encodedColumn(table, name);

/**
 * A date that was written into its row after the row was created, as it was known at `asOf`.
 * @returns the date if it is before `asOf`, else NaN.
 */
export const knownBefore = (date: number, asOf: number): number => (date < asOf ? date : Number.NaN);
