import type { ColumnSpec, FileFormat } from '../../../../contracts/dataset.js';
import type { Table } from '../../../../contracts/table.js';
import { numberColumn } from '../../../../learning/table.js';
import { asFeature } from '../directions.js';
import { exampleRows } from '../example-rows.js';
import { NEEDED_OF_A_CLASS } from '../needed-of-a-class.js';
import { decisions, employments, loanKinds } from '../vocabulary.js';
import { singleClass } from '../../../../learning/checks.js';

const money = { minimum: 0, maximum: 1e10, nullable: true } as const;
const share = { minimum: 0, maximum: 1e4, nullable: true } as const;
const count = { minimum: 0, maximum: 10_000, nullable: true } as const;

/** The features; every cell may be empty except the loan's kind, amount and term. */
const featureColumns: readonly ColumnSpec[] = [
  { name: 'kind', type: 'category', categories: loanKinds, description: 'Kind of loan asked for.' },
  { name: 'requestedAmount', type: 'number', minimum: 0, maximum: 1e10, description: 'Amount asked for, in INR.' },
  { name: 'termMonths', type: 'integer', minimum: 1, maximum: 600, description: 'Monthly instalments asked for.' },
  { name: 'monthlyIncome', type: 'number', ...money, description: 'Net income a month, in INR.' },
  { name: 'employment', type: 'category', categories: employments, nullable: true, description: 'Kind of employment.' },
  { name: 'collateralValue', type: 'number', ...money, description: 'Value of the collateral in INR; empty = none.' },
  {
    name: 'bankBalance',
    type: 'number',
    minimum: -1e10,
    maximum: 1e10,
    nullable: true,
    description: 'Balance, in INR.',
  },
  { name: 'monthlyDebtPayments', type: 'number', ...money, description: 'Instalments already owed a month, in INR.' },
  { name: 'openLoans', type: 'integer', ...count, description: 'Loans open at the application.' },
  { name: 'latePayments', type: 'integer', ...count, description: 'Instalments paid late in the last 12 months.' },
  { name: 'worstDelayDays', type: 'integer', ...count, description: 'Longest delay in the last 12 months, in days.' },
  { name: 'creditHistoryMonths', type: 'number', ...count, description: 'Months since the first loan or card.' },
  { name: 'utilisationShare', type: 'number', ...share, description: 'Card balance over card limit, 1 = full.' },
  { name: 'debtToIncome', type: 'number', ...share, description: 'Old and new instalments over income, a share.' },
  { name: 'loanToValue', type: 'number', ...share, description: 'Amount over collateral value, a share.' },
];

const columns: readonly ColumnSpec[] = [
  { name: 'applicationId', type: 'text', unique: true, description: 'Key of the application.' },
  {
    name: 'applicantId',
    type: 'text',
    description: 'Who applied; one person never stands on both sides of the split.',
  },
  { name: 'appliedAt', type: 'timestamp', description: 'When it was applied for; the other columns are as of then.' },
  ...featureColumns,
  {
    name: 'gender',
    type: 'category',
    categories: ['female', 'male', 'other'],
    nullable: true,
    description: 'Only for fairness slices, never learned from.',
  },
  {
    name: 'ageYears',
    type: 'number',
    minimum: 16,
    maximum: 120,
    nullable: true,
    description: 'Age at the application; only for fairness slices, never learned from.',
  },
  {
    name: 'decision',
    type: 'category',
    categories: decisions,
    nullable: true,
    optional: true,
    description: 'Empty means approved. Declined applications have no outcome and serve reject inference alone.',
  },
  {
    name: 'defaulted',
    type: 'flag',
    nullable: true,
    description: 'The label: 1 = the loan defaulted, 0 = it was repaid; empty only when it was declined.',
  },
];

const MINIMUM_ROWS = 100;

/** @throws PipelineError `SINGLE_CLASS` when all known outcomes of a file of sufficient size are the same. */
function requireTwoOutcomes(table: Table): Table {
  const known = numberColumn(table, 'defaulted').filter((label) => !Number.isNaN(label));
  if (table.rowCount >= MINIMUM_ROWS && new Set(known).size < 2) throw singleClass('outcomes', { column: 'defaulted' });
  return table;
}

/** This system's own table format: one row for each approved application with its outcome, or declined one. */
export const creditApplications: FileFormat = {
  name: 'credit-applications',
  description: 'One application a row, as known when it was made, with its outcome unless declined. JSON array or CSV.',
  encodings: ['json', 'csv'],
  schema: {
    line: 'credit-applications',
    columns,
    key: 'applicationId',
    label: 'defaulted',
    labelOptional: true,
    features: featureColumns.map(asFeature),
    protectedColumns: ['gender', 'ageYears'],
    split: { kind: 'group', column: 'applicantId', fraction: 0.3, salt: 'credit-applications@1' },
    minimumRows: MINIMUM_ROWS,
  },
  neededOfAClass: NEEDED_OF_A_CLASS,
  matches: ({ columns: found }) =>
    found !== null && ['applicationId', 'requestedAmount', 'defaulted'].every((name) => found.includes(name)),
  aliases: {
    applicationId: ['application', 'applicationNo', 'applicationNumber', 'loanId', 'loanNo', 'id'],
    applicantId: ['applicant', 'customerId', 'customer', 'userId', 'clientId'],
    appliedAt: ['applicationDate', 'appliedOn', 'dateApplied'],
    kind: ['loanKind', 'loanType', 'purpose'],
    requestedAmount: ['amount', 'loanAmount', 'amountRequested'],
    termMonths: ['term', 'tenure', 'tenureMonths', 'termInMonths'],
    monthlyIncome: ['income', 'netIncome'],
    defaulted: ['default', 'bad', 'isDefault', 'label'],
  },
  labelMayBeMissing(table) {
    const decision = table.columns.decision?.values;
    return (row) => decision?.[row] === 'declined';
  },
  exampleRows: (seed) => exampleRows(400, seed),
  transform: requireTwoOutcomes,
};
