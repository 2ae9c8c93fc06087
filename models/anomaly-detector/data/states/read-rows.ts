import type { Column, Table } from '../../../../contracts/table.js';
import type { PastTransaction } from '../../../../feature-store/definitions/transaction-context.js';
import { numberColumn, textColumn, timestampColumn } from '../../../../learning/table.js';
import { columnNames } from '../columns.js';

/**
 * Days of the past that a state holds beyond the windows of the features, so that a transaction booked shortly before the
 * state's moment still sees its whole windows.
 */
export const GRACE_DAYS = 7;

/** Transactions as a table with the columns that states are built from. */
export function stateTable(rows: readonly PastTransaction[]): Table {
  const text = (of: (row: PastTransaction) => string | null): Column => ({ kind: 'text', values: rows.map(of) });
  const numbers = (kind: 'number' | 'timestamp', of: (row: PastTransaction) => number): Column => ({
    kind,
    values: Float64Array.from(rows, of),
  });
  return {
    rowCount: rows.length,
    columns: {
      [columnNames.customer]: text(({ customer }) => customer),
      [columnNames.time]: numbers('timestamp', ({ bookedAt }) => bookedAt),
      [columnNames.amount]: numbers('number', ({ amount }) => amount),
      [columnNames.counterparty]: text(({ counterparty }) => counterparty),
      [columnNames.category]: text(({ category }) => category),
      [columnNames.knownAt]: numbers('timestamp', ({ misuseKnownAt }) => misuseKnownAt),
      [columnNames.clock]: numbers('number', ({ utcOffsetHours }) => utcOffsetHours),
    },
  };
}

const has = (table: Table, name: string): boolean => Object.hasOwn(table.columns, name);

/**
 * Transactions of a training table, or of `stateTable`, strictly before `asOf`, in row order. Misuse that became known
 * later is not known.
 * @throws PipelineError `MISSING_COLUMN`.
 */
export function pastTransactions(table: Table, asOf: number): PastTransaction[] {
  const [customers, times] = [textColumn(table, columnNames.customer), timestampColumn(table, columnNames.time)];
  const [amounts, parties] = [numberColumn(table, columnNames.amount), textColumn(table, columnNames.counterparty)];
  const knownAt = timestampColumn(table, columnNames.knownAt);
  const categories = has(table, columnNames.category) ? textColumn(table, columnNames.category) : [];
  // Without the column, in older data sets, times are on the customers' clock already.
  const { clock } = columnNames;
  const offsets = has(table, clock) ? numberColumn(table, clock) : new Float64Array(table.rowCount);
  const rows: PastTransaction[] = [];
  times.forEach((bookedAt, row) => {
    const customer = customers[row] ?? null;
    if (!(bookedAt < asOf) || customer === null) return; // NaN is no time
    rows.push({
      customer,
      counterparty: parties[row] ?? null,
      category: categories[row] ?? null,
      bookedAt,
      amount: amounts[row]!,
      utcOffsetHours: offsets[row]!,
      misuseKnownAt: knownAt[row]! < asOf ? knownAt[row]! : Number.NaN,
    });
  });
  return rows;
}
