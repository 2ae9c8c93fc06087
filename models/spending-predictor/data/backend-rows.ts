import type { SnapshotTables } from '../../../contracts/backend.js';
import type { LabelledRows, SnapshotMoment } from '../../../contracts/model-definition.js';
import type { Column, Table } from '../../../contracts/table.js';
import { utcOffsetHours } from '../../../learning/time-series/calendar/index.js';
import { numberColumn, selectRows, snapshotTable, textColumn, timestampColumn } from '../../../learning/table.js';
import { columnNames } from './columns.js';
import { payeeOf } from './payee.js';
import { internalCategories } from './vocabulary.js';

/** Whether a transaction is spending or income; moves between the customer's own accounts are neither. */
const isSpendingOrIncome = (amount: number, category: string | null): boolean =>
  amount !== 0 && !internalCategories.has(category ?? '');

/** The transactions that are spending or income. */
function movements(transactions: Table): Table {
  const amounts = numberColumn(transactions, 'amount');
  const categories = textColumn(transactions, 'category');
  const kept = [...amounts.keys()].filter((row) => isSpendingOrIncome(amounts[row]!, categories[row]!));
  return selectRows(transactions, kept);
}

const text = (values: readonly (string | null)[]): Column => ({ kind: 'text', values });

function movementsOf(transactions: Table): Record<string, Column> {
  const rows = movements(transactions);
  const descriptions = textColumn(rows, 'description');
  const merchants = textColumn(rows, 'merchant').map((name, row) => name ?? payeeOf(descriptions[row] ?? ''));
  return {
    [columnNames.key]: text(textColumn(rows, 'id')),
    [columnNames.customer]: text(textColumn(rows, 'user_id')),
    [columnNames.time]: { kind: 'timestamp', values: timestampColumn(rows, 'booked_at') },
    [columnNames.amount]: { kind: 'number', values: numberColumn(rows, 'amount') },
    [columnNames.category]: text(textColumn(rows, 'category')),
    [columnNames.merchant]: text(merchants),
    [columnNames.instalments]: { kind: 'number', values: new Float64Array(rows.rowCount).fill(NaN) },
  };
}

/** One row for each loan on the day of its disbursement, from which day on its schedule is known. */
function loansOf(loans: Table | undefined): Record<string, Column> {
  const none: Table = { rowCount: 0, columns: {} };
  const table = loans ?? none;
  const [texts, numbers] = [(name: string) => (loans ? textColumn(table, name) : []), numberOf(loans)];
  return {
    [columnNames.key]: text(texts('id').map((id) => `loan ${id ?? ''}`)),
    [columnNames.customer]: text(texts('user_id')),
    [columnNames.time]: {
      kind: 'timestamp',
      values: loans ? timestampColumn(table, 'disbursed_at') : new Float64Array(0),
    },
    [columnNames.amount]: { kind: 'number', values: numbers('emi').map((amount) => -amount) },
    [columnNames.category]: text(texts('id').map(() => null)),
    [columnNames.merchant]: text(texts('id').map(() => null)),
    [columnNames.instalments]: { kind: 'number', values: numbers('term_months') },
  };
}

const numberOf =
  (table: Table | undefined) =>
  (name: string): Float64Array =>
    table ? numberColumn(table, name) : new Float64Array(0);

/** The values of two columns, one after the other. */
function joined(above: Column, below: Column): Column {
  if (above.kind === 'text' || below.kind === 'text')
    return text([...(above.values as readonly (string | null)[]), ...(below.values as readonly (string | null)[])]);
  const values = new Float64Array(above.values.length + below.values.length);
  values.set(above.values);
  values.set(below.values, above.values.length);
  return { kind: above.kind, values };
}

/**
 * Payments and income of all accounts, and the disbursements of loans, without transfers between accounts and
 * investments. Days of a snapshot that names no zone are those of UTC.
 * @throws PipelineError `DATASET_NOT_FOUND` without transactions; `MISSING_COLUMN`.
 */
export function backendRows(
  tables: SnapshotTables,
  { timeZone = 'UTC' }: Pick<SnapshotMoment, 'timeZone'>,
): LabelledRows {
  const transactions = snapshotTable(tables, 'transactions');
  const { loans } = tables;
  const [moved, agreements] = [movementsOf(transactions), loansOf(loans)];
  const columns = Object.fromEntries(
    Object.entries(moved).map(([name, column]) => [name, joined(column, agreements[name]!)]),
  );
  const times = columns[columnNames.time]!.values as Float64Array;
  const clocks = times.map((time) => utcOffsetHours(timeZone, time));
  const amounts = moved[columnNames.amount]!.values as Float64Array;
  const income = amounts.reduce((count, amount) => count + Number(amount > 0), 0);
  const notes = [
    `${amounts.length - income} of ${transactions.rowCount} transactions are spending, ${income} income; transfers and investments are neither`,
    `${loans?.rowCount ?? 0} loans with known schedules`,
  ];
  const clock = { [columnNames.clock]: { kind: 'number', values: clocks } as const };
  return { table: { rowCount: times.length, columns: { ...columns, ...clock } }, notes };
}
