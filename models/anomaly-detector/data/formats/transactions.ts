import type { ColumnSpec, FileFormat } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { transactionAliases } from '../../../../feature-store/definitions/transaction-file.js';
import { DAY_MS } from '../../../../feature-store/definitions/event-index.js';
import {
  LABEL_DELAY_DAYS,
  transactionFeatureNames,
} from '../../../../feature-store/definitions/transaction-context.js';
import { columnOf, encodedColumn, numberColumn, timestampColumn } from '../../../../learning/table.js';
import {
  amountColumn,
  categoryColumn,
  clockColumn,
  columnNames,
  contextColumns,
  featureColumns,
  featureSpecs,
  labelColumn,
  optional,
} from '../columns.js';
import { exampleRows } from '../example-rows.js';
import { contextTable, type LabelledTransactions, named } from '../context-table.js';
import { MINIMUM_ROWS } from '../dataset.js';
import { isUnivariate, UNIVARIATE_REFUSED } from './univariate.js';

/** Days held out at the end of the file. */
const HOLDOUT_DAYS = 14;

/** Columns of the file. */
const fileColumns: readonly ColumnSpec[] = [
  { name: columnNames.key, type: 'text', unique: true, description: 'Key of the transaction.' },
  { name: columnNames.customer, type: 'text', description: 'Whose account it is.' },
  {
    name: columnNames.time,
    type: 'timestamp',
    description: "When it was booked, on the customer's clock or with its offset.",
  },
  { ...clockColumn, clockOf: columnNames.time },
  amountColumn,
  { name: 'merchant', type: 'text', ...optional, description: 'Merchant, terminal or payee.' },
  categoryColumn,
  labelColumn('The label: 1 = misuse, 0 = not, empty = not known. The whole column may be absent.'),
  { name: 'reportedAt', type: 'timestamp', ...optional, description: 'When misuse became known; else 7 days later.' },
];

const features = [...featureColumns().filter(({ name }) => name !== 'amount'), categoryColumn];
const derived: readonly ColumnSpec[] = [
  { name: columnNames.amount, type: 'number', description: 'The amount as the file has it.' },
  ...featureColumns().filter(({ name }) => name !== 'amount'),
  ...contextColumns.filter((column) => column !== clockColumn),
];

function knownAt(label: number, bookedAt: number, reportedAt: number): number {
  if (label !== 1) return Number.NaN;
  return Number.isNaN(reportedAt) ? bookedAt + LABEL_DELAY_DAYS * DAY_MS : reportedAt;
}

function readTransactions(table: Table): LabelledTransactions {
  const [bookedAt, reported] = [timestampColumn(table, columnNames.time), timestampColumn(table, 'reportedAt')];
  const label = numberColumn(table, columnNames.label);
  return {
    id: columnOf(table, columnNames.key, 'text'),
    customer: named(encodedColumn(table, columnNames.customer)),
    counterparty: encodedColumn(table, 'merchant'),
    category: encodedColumn(table, columnNames.category),
    bookedAt,
    amount: numberColumn(table, 'amount'),
    utcOffsetHours: numberColumn(table, columnNames.clock),
    misuseKnownAt: bookedAt.map((time, row) => knownAt(label[row]!, time, reported[row]!)),
    label,
    verdict: new Float64Array(table.rowCount).fill(Number.NaN),
  };
}

/** Adds the window features; the file's signed amount moves to its own column, its size is a feature. */
function addContext(table: Table): Table {
  const context = contextTable(readTransactions(table), transactionFeatureNames);
  return { rowCount: table.rowCount, columns: { ...table.columns, ...context.columns } };
}

/** Our own layout: one transaction a row, labels optional. */
export const transactions: FileFormat = {
  name: 'transactions',
  description: 'One transaction a row: who, when, how much, where, what for; misuse where it is known. JSON or CSV.',
  encodings: ['json', 'csv'],
  schema: {
    line: 'transactions',
    columns: [...fileColumns, ...derived],
    key: columnNames.key,
    label: columnNames.label,
    labelOptional: true,
    features: featureSpecs([amountColumn, ...features]),
    split: { kind: 'time', column: columnNames.time, days: HOLDOUT_DAYS },
    minimumRows: MINIMUM_ROWS,
  },
  derivedColumns: derived.map(({ name }) => name),
  signedColumn: 'amount',
  aliases: { ...transactionAliases, fraud: ['isFraud', 'misuse', 'label'], reportedAt: ['reportedOn', 'reportDate'] },
  matches: ({ columns }) =>
    columns !== null &&
    [columnNames.key, columnNames.customer, columnNames.time, 'amount'].every((name) => columns.includes(name)),
  outOfScope: (columns) => (isUnivariate(columns) ? UNIVARIATE_REFUSED : null),
  exampleRows: (seed) => exampleRows(40, seed),
  transform: addContext,
};
