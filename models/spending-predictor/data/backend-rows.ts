import type { SnapshotTables } from '../../../contracts/backend.js';
import type { RowsByUser, RowsConclusion, RowsOfUsers, SnapshotMoment } from '../../../contracts/model-definition.js';
import type { Column, EncodedValues, Table } from '../../../contracts/table.js';
import { encodedText } from '../../../learning/encoded-text.js';
import { rowsOfAll } from '../../../feature-store/definitions/rows-by-user.js';
import { utcOffsetHours } from '../../../learning/time-series/calendar/index.js';
import {
  columnOf,
  encodedColumn,
  numberColumn,
  selectRows,
  snapshotTable,
  textColumn,
  timestampColumn,
} from '../../../learning/table.js';
import { columnNames } from './columns.js';
import { payeeOf } from './payee.js';
import { internalCategories } from './vocabulary.js';

/** Rows of spending and income; moves between the customer's own accounts are neither. */
function movementRows(transactions: Table): Int32Array {
  const amounts = numberColumn(transactions, 'amount');
  const { codes, words } = encodedColumn(transactions, 'category');
  const isInternal = words.map((word) => internalCategories.has(word));
  const kept = new Int32Array(amounts.length);
  let count = 0;
  for (let row = 0; row < amounts.length; row++)
    if (amounts[row] !== 0 && isInternal[codes[row]!] !== true) kept[count++] = row;
  return kept.subarray(0, count);
}

/** Merchants, and where there is none the payee that the statement line names. */
function payees(rows: Table): EncodedValues {
  const merchants = encodedColumn(rows, 'merchant');
  const descriptions = textColumn(rows, 'description');
  const words = [...merchants.words];
  const positions = new Map(words.map((word, position) => [word, position]));
  const codes = merchants.codes.slice();
  for (let row = 0; row < codes.length; row++) {
    if (codes[row]! >= 0) continue;
    const payee = payeeOf(descriptions[row] ?? '');
    const position = positions.get(payee) ?? words.push(payee) - 1;
    positions.set(payee, position);
    codes[row] = position;
  }
  return { codes, words };
}

/** The hours that the clock of a zone is ahead of UTC at each moment. */
const clocksAt = (timeZone: string, times: Float64Array): Column => ({
  kind: 'number',
  values: times.map((time) => utcOffsetHours(timeZone, time)),
});

function movementsOf(transactions: Table, timeZone: string): Table {
  const rows = selectRows(transactions, movementRows(transactions));
  const times = timestampColumn(rows, 'booked_at');
  return {
    rowCount: rows.rowCount,
    columns: {
      [columnNames.key]: columnOf(rows, 'id', 'text'),
      [columnNames.customer]: columnOf(rows, 'user_id', 'text'),
      [columnNames.time]: { kind: 'timestamp', values: times },
      [columnNames.amount]: { kind: 'number', values: numberColumn(rows, 'amount') },
      [columnNames.category]: columnOf(rows, 'category', 'text'),
      [columnNames.merchant]: encodedText(payees(rows)),
      [columnNames.instalments]: { kind: 'number', values: new Float64Array(rows.rowCount).fill(NaN) },
      [columnNames.clock]: clocksAt(timeZone, times),
    },
  };
}

/** One row for each loan on the day of its disbursement, from which day on its schedule is known. */
function loansOf(loans: Table, timeZone: string): Table {
  const unknown = (): Column => ({ kind: 'text', values: new Array<null>(loans.rowCount).fill(null) });
  const times = timestampColumn(loans, 'disbursed_at');
  const keys = textColumn(loans, 'id').map((id) => `loan ${id ?? ''}`);
  return {
    rowCount: loans.rowCount,
    columns: {
      [columnNames.key]: { kind: 'text', values: keys },
      [columnNames.customer]: columnOf(loans, 'user_id', 'text'),
      [columnNames.time]: { kind: 'timestamp', values: times },
      [columnNames.amount]: { kind: 'number', values: numberColumn(loans, 'emi').map((amount) => -amount) },
      [columnNames.category]: unknown(),
      [columnNames.merchant]: unknown(),
      [columnNames.instalments]: { kind: 'number', values: numberColumn(loans, 'term_months') },
      [columnNames.clock]: clocksAt(timeZone, times),
    },
  };
}

function movementsAndLoans(
  tables: SnapshotTables,
  { timeZone = 'UTC' }: Pick<SnapshotMoment, 'timeZone'>,
): RowsOfUsers {
  const transactions = snapshotTable(tables, 'transactions');
  const movements = movementsOf(transactions, timeZone);
  const amounts = numberColumn(movements, columnNames.amount);
  const income = amounts.reduce((count, amount) => count + Number(amount > 0), 0);
  const counts = {
    transactions: transactions.rowCount,
    spending: movements.rowCount - income,
    income,
    loans: tables.loans?.rowCount ?? 0,
  };
  return { sections: [movements, ...(tables.loans ? [loansOf(tables.loans, timeZone)] : [])], counts };
}

const describe = ({ transactions, spending, income, loans }: RowsOfUsers['counts']): RowsConclusion => ({
  notes: [
    `${spending} of ${transactions} transactions are spending, ${income} income; transfers and investments are neither`,
    `${loans} loans with known schedules`,
  ],
});

/**
 * Payments and income of all accounts, then the disbursements of loans, without transfers between accounts and
 * investments. Days of a snapshot that names no zone are those of UTC.
 */
export const rowsByUser: RowsByUser = {
  carried: { transactions: ['id'] },
  rows: movementsAndLoans,
  conclude: describe,
};

/**
 * The rows of all customers at once.
 * @throws PipelineError `DATASET_NOT_FOUND` without transactions; `MISSING_COLUMN`.
 */
export const backendRows = rowsOfAll(rowsByUser);
