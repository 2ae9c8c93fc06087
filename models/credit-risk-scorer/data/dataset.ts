import { unchanged } from '../../../contracts/data-policy.js';
import type { BackendDataset } from '../../../contracts/model-definition.js';
import type { ColumnSpec, DatasetSchema } from '../../../contracts/dataset.js';
import { DEFAULT_LINE } from '../../../contracts/ids.js';
import { viewColumns } from '../../../feature-store/definitions/view-columns.js';
import { labelledApplications, rowsByUser } from './labelled-applications.js';
import { asFeature } from './directions.js';
import { requestFeatures } from './request-features.js';
import { requestColumns } from './request-columns.js';
import { decisions } from './vocabulary.js';

const { views } = requestFeatures;
const optional = { nullable: true } as const;

const protectedColumns: readonly ColumnSpec[] = [
  { name: 'gender', type: 'text', ...optional, description: 'Only for fairness slices, never learned from.' },
  { name: 'ageYears', type: 'number', ...optional, description: 'Age when applying; only for fairness slices.' },
];

const featureColumns = [...requestColumns, ...viewColumns(views)];

/** A backend's rows: one application with a known outcome, or one that was declined, a row. */
export const backendSchema: DatasetSchema = {
  line: DEFAULT_LINE,
  columns: [
    { name: 'applicationId', type: 'text', unique: true, description: 'Key of the application.' },
    { name: 'entity_id', type: 'text', description: 'The user who applied.' },
    { name: 'as_of', type: 'timestamp', description: 'When it was applied for; features are from strictly before.' },
    ...featureColumns,
    ...protectedColumns,
    { name: 'decision', type: 'category', categories: decisions, description: 'Declined ones have no outcome.' },
    {
      name: 'defaulted',
      type: 'flag',
      nullable: true,
      description: 'The label: 1 = the loan defaulted, 0 = it was repaid; empty when it was declined.',
    },
  ],
  key: 'applicationId',
  label: 'defaulted',
  labelOptional: true,
  features: featureColumns.map(asFeature),
  protectedColumns: protectedColumns.map(({ name }) => name),
  split: {
    kind: 'group',
    column: 'entity_id',
    fraction: 0.3,
    salt: 'credit-risk@1',
    // Outcomes become known after months: the window is counted from the newest application that has one.
    window: { column: 'as_of', days: 365, known: 'defaulted' },
  },
  minimumRows: 60,
};

/** What the model takes from the backend. */
export const backendDataset: BackendDataset = {
  schema: backendSchema,
  tables: ['credit_applications', 'users', 'transactions'],
  columns: {
    credit_applications: [
      ...['id', 'user_id', 'applied_at', 'kind', 'requested_amount', 'term_months', 'declared_monthly_income'],
      ...['employment', 'collateral_value', 'decision', 'outcome', 'outcome_at'],
    ],
    users: ['id', 'gender', 'birth_date'],
    transactions: ['user_id', 'booked_at'],
  },
  needs: {
    users: { birth_date: ['drop'], gender: ['drop'] }, // for fairness slices only
    transactions: unchanged('booked_at'),
    credit_applications: unchanged(
      ...['applied_at', 'kind', 'requested_amount', 'term_months', 'declared_monthly_income', 'employment'],
      ...['collateral_value', 'decision', 'outcome', 'outcome_at'],
    ),
  },
  views,
  rows: labelledApplications,
  comparedWithMoment: { credit_applications: ['outcome_at'] },
  byUser: rowsByUser,
};
