import type { ColumnSpec, FileFormat } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { DAY_MS } from '../../../../feature-store/definitions/event-index.js';
import {
  LABEL_DELAY_DAYS,
  type TransactionFeature,
} from '../../../../feature-store/definitions/transaction-context.js';
import { columnOf, encodedColumn, numberColumn, timestampColumn } from '../../../../learning/table.js';
import { columnNames, contextColumns, featureColumns, featureSpecs } from '../columns.js';
import { contextTable, type LabelledTransactions, named } from '../context-table.js';
import { MINIMUM_ROWS } from '../dataset.js';

/** The book's protocol evaluates on one week. */
const HOLDOUT_DAYS = 7;

/** All features but those of categories (the file has none) and of the customer's usual counterparties. */
const features: readonly TransactionFeature[] = [
  'amount',
  'amountToMean30Days',
  'amountToMaximum90Days',
  'count1Day',
  'count7Days',
  'count30Days',
  'mean1Day',
  'mean7Days',
  'mean30Days',
  'night',
  'weekend',
  'counterpartyCount1Day',
  'counterpartyCount7Days',
  'counterpartyCount30Days',
  'counterpartyRisk1Day',
  'counterpartyRisk7Days',
  'counterpartyRisk30Days',
];

/** The file's own columns under the model's names. */
const renames = {
  [columnNames.key]: 'TRANSACTION_ID',
  [columnNames.time]: 'TX_DATETIME',
  [columnNames.customer]: 'CUSTOMER_ID',
  [columnNames.counterparty]: 'TERMINAL_ID',
  [columnNames.amount]: 'TX_AMOUNT',
  [columnNames.label]: 'TX_FRAUD',
} as const;

const fileColumns: readonly ColumnSpec[] = [
  { name: columnNames.key, type: 'text', unique: true, description: 'Key of the transaction.' },
  { name: columnNames.time, type: 'timestamp', description: 'When it was made.' },
  { name: columnNames.customer, type: 'text', description: 'Whose card it was.' },
  { name: columnNames.counterparty, type: 'text', description: 'The terminal.' },
  { name: columnNames.amount, type: 'number', minimum: -1e6, maximum: 1e6, description: 'Negative once read: spent.' },
  { name: columnNames.label, type: 'flag', description: 'The label: 1 = fraud; known 7 days later.' },
];

const columnsMade: readonly ColumnSpec[] = [
  ...featureColumns(features),
  ...contextColumns.filter(({ name }) => name !== columnNames.counterparty),
];

function readTransactions(table: Table): LabelledTransactions {
  const [bookedAt, label] = [timestampColumn(table, columnNames.time), numberColumn(table, columnNames.label)];
  const delay = LABEL_DELAY_DAYS * DAY_MS;
  return {
    id: columnOf(table, columnNames.key, 'text'),
    customer: named(encodedColumn(table, columnNames.customer)),
    counterparty: encodedColumn(table, columnNames.counterparty),
    category: { codes: new Int32Array(table.rowCount).fill(-1), words: [] },
    bookedAt,
    amount: numberColumn(table, columnNames.amount).map((amount) => -amount),
    utcOffsetHours: new Float64Array(table.rowCount),
    misuseKnownAt: bookedAt.map((time, row) => (label[row] === 1 ? time + delay : Number.NaN)),
    label,
    verdict: new Float64Array(table.rowCount).fill(Number.NaN),
  };
}

function addContext(table: Table): Table {
  const { columns } = contextTable(readTransactions(table), features);
  const { [columnNames.category]: unused, ...known } = columns;
  return { rowCount: table.rowCount, columns: unused === undefined ? columns : known };
}

/**
 * The simulated card transactions of Le Borgne et al., "Reproducible Machine Learning for Credit Card Fraud Detection"
 * (2022): customers, terminals and three fraud scenarios.
 */
export const fraudHandbook: FileFormat = {
  name: 'fraud-handbook',
  description: "The Fraud Detection Handbook's simulated transactions: TRANSACTION_ID, TX_DATETIME, CUSTOMER_ID … CSV.",
  encodings: ['csv'],
  schema: {
    line: 'fraud-handbook',
    columns: [...fileColumns, ...columnsMade],
    key: columnNames.key,
    label: columnNames.label,
    features: featureSpecs(featureColumns(features)),
    split: { kind: 'time', column: columnNames.time, days: HOLDOUT_DAYS },
    minimumRows: MINIMUM_ROWS,
  },
  renames,
  derivedColumns: columnsMade.map(({ name }) => name),
  matches: ({ columns }) =>
    columns !== null && ['TRANSACTION_ID', 'TX_DATETIME', 'TX_AMOUNT'].every((name) => columns.includes(name)),
  transform: addContext,
};
