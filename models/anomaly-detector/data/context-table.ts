import type { Column, Table } from '../../../contracts/table.js';
import {
  type PastTransaction,
  type TransactionFeature,
  transactionContext,
} from '../../../feature-store/definitions/transaction-context.js';
import { columnNames } from './columns.js';

/** A transaction with its label and review, known later. */
export interface LabelledTransaction extends PastTransaction {
  readonly id: string;
  /** 1 = misuse, 0 = not; NaN = unknown. */
  readonly label: number;
  /** 1 = alert confirmed, 0 = dismissed, NaN = not reviewed. */
  readonly verdict: number;
}

const text = (values: readonly (string | null)[]): Column => ({ kind: 'text', values });
const number = (values: Float64Array): Column => ({ kind: 'number', values });
const moment = (values: Float64Array): Column => ({ kind: 'timestamp', values });

function firstSeen(rows: readonly PastTransaction[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const { customer, bookedAt } of rows)
    if (bookedAt < (first.get(customer) ?? Infinity)) first.set(customer, bookedAt);
  return first;
}

/** One column a feature, filled row by row so that only one row's features are alive at a time. */
function featureColumns(
  rows: readonly PastTransaction[],
  history: readonly PastTransaction[],
  names: readonly TransactionFeature[],
): Record<string, Column> {
  const describe = transactionContext(history);
  const columns = names.map(() => new Float64Array(rows.length));
  rows.forEach((row, i) => {
    const features = describe(row);
    names.forEach((name, j) => (columns[j]![i] = features[name]));
  });
  return Object.fromEntries(names.map((name, j) => [name, number(columns[j]!)]));
}

/**
 * The training table of a list of transactions: features as known strictly before each one, and the columns of
 * `columnNames`.
 * @param rows - those that become rows, in this order.
 * @param history - everything that happened, `rows` included.
 */
export function contextTable(
  rows: readonly LabelledTransaction[],
  history: readonly PastTransaction[],
  names: readonly TransactionFeature[],
): Table {
  const since = firstSeen(history);
  const numbers = (of: (row: LabelledTransaction) => number): Float64Array => Float64Array.from(rows, of);
  return {
    rowCount: rows.length,
    columns: {
      [columnNames.key]: text(rows.map(({ id }) => id)),
      [columnNames.customer]: text(rows.map(({ customer }) => customer)),
      [columnNames.time]: moment(numbers(({ bookedAt }) => bookedAt)),
      [columnNames.amount]: number(numbers(({ amount }) => amount)),
      [columnNames.counterparty]: text(rows.map(({ counterparty }) => counterparty)),
      [columnNames.category]: text(rows.map(({ category }) => category)),
      [columnNames.clock]: number(numbers(({ utcOffsetHours }) => utcOffsetHours)),
      [columnNames.customerSince]: moment(numbers(({ customer }) => since.get(customer) ?? Number.NaN)),
      [columnNames.label]: number(numbers(({ label }) => label)),
      [columnNames.knownAt]: moment(numbers(({ misuseKnownAt }) => misuseKnownAt)),
      [columnNames.verdict]: number(numbers(({ verdict }) => verdict)),
      ...featureColumns(rows, history, names),
    },
  };
}
