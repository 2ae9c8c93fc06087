import { quoteText } from '../../snapshots/duckdb.js';
import type { Fault } from '../check-ledger.js';
import type { ValueTest } from '../value-rules.js';

/** A check of the single rows of a file. */
export interface RowCheck extends Fault {
  /** SQL over the names that {@link ColumnNames} gives: true for a row that fails; null passes. */
  readonly fails: string;
  /** A warning counts rows without rejecting them. @default 'fail' */
  readonly severity?: 'warn' | 'fail';
}

/** A number as DuckDB reads it back without loss. */
export const numberSql = (value: number): string => `'${value}'::double`;

/** SQL that is true for a value that fails. @param value - the name of the column's value; see `valueSql`. */
export function failsSql(test: ValueTest, value: string): string {
  switch (test.kind) {
    case 'not-null':
      return `${value} is null`;
    case 'finite':
      return `isinf(${value})`;
    case 'integer':
      return `isfinite(${value}) and ${value} <> trunc(${value})`;
    case 'flag':
      return `${value} not in (0.0, 1.0)`;
    case 'minimum':
      return `${value} < ${numberSql(test.bound)}`;
    case 'maximum':
      return `${value} > ${numberSql(test.bound)}`;
    case 'categories':
      return test.values.length === 0
        ? `${value} is not null`
        : `${value} not in (${test.values.map(quoteText).join(', ')})`;
  }
}
