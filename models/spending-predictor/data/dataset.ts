import { unchanged } from '../../../contracts/data-policy.js';
import { DEFAULT_LINE } from '../../../contracts/ids.js';
import type { BackendDataset } from '../../../contracts/model-definition.js';
import { backendRows, rowsByUser } from './backend-rows.js';
import { columnNames, schemaOf } from './columns.js';

/** The holdout is a whole year, so that it contains every season and festival. */
const HOLDOUT_DAYS = 365;
const MINIMUM_ROWS = 200;

/** Tables and rows that the model takes from the backend. */
export const backendDataset: BackendDataset = {
  schema: schemaOf(DEFAULT_LINE, MINIMUM_ROWS, {
    days: HOLDOUT_DAYS,
    groups: { column: columnNames.customer, fraction: 0.15, salt: 'spending@1' },
  }),
  tables: ['transactions'],
  optionalTables: ['loans'],
  columns: {
    transactions: ['id', 'user_id', 'booked_at', 'amount', 'category', 'merchant', 'description'],
    loans: ['id', 'user_id', 'disbursed_at', 'emi', 'term_months'],
  },
  // Bills are told apart by their payees, which requests hold as they are.
  needs: {
    transactions: unchanged('booked_at', 'amount', 'merchant', 'description', 'category'),
    loans: unchanged('disbursed_at', 'emi', 'term_months'),
  },
  views: [],
  rows: backendRows,
  comparedWithMoment: {},
  byUser: rowsByUser,
};
