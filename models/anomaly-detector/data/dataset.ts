import { unchanged } from '../../../contracts/data-policy.js';
import type { DatasetSchema } from '../../../contracts/dataset.js';
import { DEFAULT_LINE } from '../../../contracts/ids.js';
import type { BackendDataset } from '../../../contracts/model-definition.js';
import { categoryColumn, columnNames, contextColumns, featureColumns, featureSpecs, labelColumn } from './columns.js';
import { allTransactions, labelledTransactions, rowsByUser } from './labelled-transactions.js';

/** Fewest rows for meaningful windows and a holdout. */
export const MINIMUM_ROWS = 500;
/** Days held out at the end: a detector is used on future rows. */
const HOLDOUT_DAYS = 90;

const features = [...featureColumns(), categoryColumn];

/** A backend's rows: one transaction a row. */
export const backendSchema: DatasetSchema = {
  line: DEFAULT_LINE,
  columns: [
    { name: columnNames.key, type: 'text', unique: true, description: 'Key of the transaction.' },
    { name: 'entity_id', type: 'text', description: 'The customer.' },
    { name: 'as_of', type: 'timestamp', description: 'When it was booked; features are from strictly before.' },
    { name: columnNames.customer, type: 'text', description: 'The customer.' },
    { name: columnNames.time, type: 'timestamp', description: 'When it was booked.' },
    { name: columnNames.amount, type: 'number', description: 'Signed: negative = money out.' },
    ...features,
    ...contextColumns,
    labelColumn('The label: 1 = the customer disputed it, 0 = not; empty in a source without any dispute or verdict.'),
  ],
  key: columnNames.key,
  label: columnNames.label,
  labelOptional: true,
  features: featureSpecs(features),
  split: {
    kind: 'time',
    column: columnNames.time,
    days: HOLDOUT_DAYS,
    groups: { column: columnNames.customer, fraction: 0.15, salt: 'anomaly@1' },
  },
  minimumRows: MINIMUM_ROWS,
};

/** What the model takes from the backend. */
export const backendDataset: BackendDataset = {
  schema: backendSchema,
  tables: ['transactions'],
  optionalTables: ['prediction_feedback'],
  columns: {
    transactions: [
      ...['id', 'user_id', 'booked_at', 'amount', 'currency', 'merchant', 'description', 'category'],
      'disputed_at',
    ],
    prediction_feedback: ['model', 'entity_kind', 'entity_id', 'verdict', 'created_at'],
  },
  // Counterparties are looked up by their names, which requests hold as they are.
  needs: {
    transactions: unchanged(
      ...['booked_at', 'amount', 'currency', 'merchant', 'description', 'category', 'disputed_at'],
    ),
    prediction_feedback: unchanged('model', 'entity_kind', 'verdict', 'created_at'),
  },
  views: [],
  rows: labelledTransactions,
  comparedWithMoment: { transactions: ['booked_at'] },
  byUser: rowsByUser,
  stateRows: allTransactions,
};
