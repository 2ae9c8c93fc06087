import type { FileFormat } from '../../../contracts/dataset.js';
import { transactionAliases } from '../../../feature-store/definitions/transaction-file.js';
import { exampleRows } from './example-rows.js';
import { requiredColumns, schemaOf } from './columns.js';

/** The holdout is half a year, because files are often shorter than a backend's history. */
const HOLDOUT_DAYS = 184;
const MINIMUM_ROWS = 100;

const transactions: FileFormat = {
  name: 'transactions',
  description:
    'One transaction a row: key, customer, time, signed amount; category and merchant where known. JSON, CSV.',
  encodings: ['json', 'csv'],
  schema: schemaOf('transactions', MINIMUM_ROWS, { days: HOLDOUT_DAYS }),
  signedColumn: 'amount',
  aliases: transactionAliases,
  exampleRows: (seed) => exampleRows(8, seed),
  matches: ({ columns }) => columns !== null && requiredColumns.every((name) => columns.includes(name)),
};

/** The layout that `--data-path` accepts; the anomaly detector accepts the same files. */
export const fileFormats: readonly FileFormat[] = [transactions];
