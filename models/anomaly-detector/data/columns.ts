import type { ColumnSpec, FeatureSpec } from '../../../contracts/dataset.js';
import {
  type TransactionFeature,
  transactionFeatureNames,
  transactionFields,
} from '../../../feature-store/definitions/transaction-context.js';

/** Columns that every line has beside its features, whatever the file calls them. */
export const columnNames = {
  key: 'transactionId',
  customer: 'customerId',
  time: 'bookedAt',
  amount: 'signedAmount',
  counterparty: 'counterparty',
  category: 'category',
  /** Hours that the customer's clock was ahead of UTC. */
  clock: 'utcOffsetHours',
  /** When the customer was first seen: tells unseen customers apart. */
  customerSince: 'customerSince',
  label: 'fraud',
  /** When the misuse became known; training uses a label only from then on. */
  knownAt: 'misuseKnownAt',
  /** 1 = an analyst confirmed an alert, 0 = dismissed it; empty = not reviewed. */
  verdict: 'verdict',
} as const;

const nullable = { nullable: true } as const;
/** The column may be absent from a file. */
export const optional = { nullable: true, optional: true } as const;

/** Window features as columns; NaN is "unknown". */
export const featureColumns = (names: readonly TransactionFeature[] = transactionFeatureNames): ColumnSpec[] =>
  names.map((name) => ({ name, type: 'number', ...nullable, description: transactionFields[name].description }));

/** The amount as a file and a request write it. */
export const amountColumn: ColumnSpec = {
  name: 'amount',
  type: 'number',
  minimum: -1e10,
  maximum: 1e10,
  description: 'Signed: negative = money out.',
};

export const categoryColumn: ColumnSpec = {
  name: columnNames.category,
  type: 'text',
  ...optional,
  description: 'What the money was for.',
};

/** The customer's clock at the transaction, which tells hour, night and weekend. */
export const clockColumn: ColumnSpec = {
  name: columnNames.clock,
  type: 'number',
  minimum: -14,
  maximum: 14,
  ...optional,
  description: "Hours that the customer's clock was ahead of UTC.",
};

/** Columns that are kept for labels, slices and explanations and never learned from. */
export const contextColumns: readonly ColumnSpec[] = [
  clockColumn,
  { name: columnNames.counterparty, type: 'text', ...nullable, description: 'Merchant, terminal or payee.' },
  { name: columnNames.customerSince, type: 'timestamp', description: "The customer's first transaction." },
  { name: columnNames.knownAt, type: 'timestamp', ...nullable, description: 'When it became known as misuse.' },
  { name: columnNames.verdict, type: 'number', ...nullable, description: '1 = alert confirmed, 0 = dismissed.' },
];

export const labelColumn = (description: string): ColumnSpec => ({
  name: columnNames.label,
  type: 'flag',
  ...optional,
  description,
});

/** Features of a schema: the numbers by name, the category where the layout has one. */
export const featureSpecs = (columns: readonly ColumnSpec[]): FeatureSpec[] =>
  columns.map(({ name, description }) => ({
    name,
    kind: name === columnNames.category ? 'categorical' : 'numeric',
    description,
  }));
