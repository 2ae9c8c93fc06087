import type { ColumnSpec, DatasetSchema, FeatureSpec, GroupShare } from '../../../contracts/dataset.js';

/** Column names of the training table and of the file layout. */
export const columnNames = {
  key: 'transactionId',
  customer: 'customerId',
  time: 'bookedAt',
  clock: 'utcOffsetHours',
  amount: 'amount',
  category: 'category',
  merchant: 'merchant',
  instalments: 'instalments',
} as const;

const empty = { nullable: true, optional: true } as const;

const columns: readonly ColumnSpec[] = [
  { name: columnNames.key, type: 'text', unique: true, description: 'Key of the transaction.' },
  { name: columnNames.customer, type: 'text', description: 'Whose account it is.' },
  { name: columnNames.time, type: 'timestamp', description: 'When it was booked; days are those of the customer.' },
  {
    name: columnNames.clock,
    type: 'number',
    minimum: -14,
    maximum: 14,
    ...empty,
    clockOf: columnNames.time,
    description: "Hours that the customer's clock was ahead of UTC.",
  },
  {
    name: columnNames.amount,
    type: 'number',
    minimum: -1e10,
    maximum: 1e10,
    description: 'Signed: negative = money out, positive = income.',
  },
  { name: columnNames.category, type: 'text', ...empty, description: 'What the money was for; empty = other.' },
  { name: columnNames.merchant, type: 'text', ...empty, description: 'Merchant or payee; tells bills apart.' },
  {
    name: columnNames.instalments,
    type: 'integer',
    minimum: 1,
    maximum: 600,
    ...empty,
    description:
      'Only on a row that is no payment but the start of a loan: that many monthly instalments of `amount` follow.',
  },
];

/** The spec of a column: one for training rows and for requests. */
export const columnOf = (name: keyof typeof columnNames): ColumnSpec =>
  columns.find((column) => column.name === columnNames[name])!;

const features: readonly FeatureSpec[] = [
  { name: columnNames.category, kind: 'categorical', description: 'Each category is a series of its own.' },
  { name: columnNames.merchant, kind: 'categorical', description: 'Streams in which recurring items are looked for.' },
  { name: columnNames.instalments, kind: 'numeric', description: 'Length of a loan.' },
];

/** Schema of a line. */
export const schemaOf = (
  line: string,
  minimumRows: number,
  /** Length of the parts of the holdout, and the customers that are never learned from. */
  { days, groups }: { readonly days: number; readonly groups?: GroupShare },
): DatasetSchema => ({
  line,
  columns,
  key: columnNames.key,
  label: columnNames.amount,
  features,
  split: { kind: 'time', column: columnNames.time, days, ...(groups && { groups }) },
  minimumRows,
});

/** Columns that a file must have. */
export const requiredColumns: readonly string[] = [
  columnNames.key,
  columnNames.customer,
  columnNames.time,
  columnNames.amount,
];
