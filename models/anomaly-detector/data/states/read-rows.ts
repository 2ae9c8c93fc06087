import type { Table } from '../../../../contracts/table.js';
import type { PastTransaction, TransactionColumns } from '../../../../feature-store/definitions/transaction-context.js';
import { encodedText } from '../../../../learning/encoded-text.js';
import { numberColumn, textColumn, timestampColumn } from '../../../../learning/table.js';
import { columnNames } from '../columns.js';

/**
 * Days of the past that a state holds beyond the windows of the features, so that a transaction booked shortly before the
 * state's moment still sees its whole windows.
 */
export const GRACE_DAYS = 7;

/** Transactions as a table with the columns that states are built from. */
export const stateColumns = (rows: TransactionColumns & { readonly misuseKnownAt: Float64Array }): Table => ({
  rowCount: rows.bookedAt.length,
  columns: {
    [columnNames.customer]: encodedText(rows.customer),
    [columnNames.time]: { kind: 'timestamp', values: rows.bookedAt },
    [columnNames.amount]: { kind: 'number', values: rows.amount },
    [columnNames.counterparty]: encodedText(rows.counterparty),
    [columnNames.category]: encodedText(rows.category),
    [columnNames.knownAt]: { kind: 'timestamp', values: rows.misuseKnownAt },
    [columnNames.clock]: { kind: 'number', values: rows.utcOffsetHours },
  },
});

const has = (table: Table, name: string): boolean => Object.hasOwn(table.columns, name);

/**
 * Transactions of a training table, or of `stateColumns`, strictly before `asOf`, in row order. Misuse that became known
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
