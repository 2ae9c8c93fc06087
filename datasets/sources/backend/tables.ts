import type { BackendTable, TableSpec } from '../../../contracts/backend.js';
import type { ColumnSpec } from '../../../contracts/dataset.js';
import {
  accountKinds,
  channels,
  decisions,
  employments,
  genders,
  loanKinds,
  outcomes,
  transactionCategories,
  verdicts,
} from './categories.js';

type Extra = Partial<Omit<ColumnSpec, 'name' | 'type' | 'description'>>;
const optional = { nullable: true } as const;
const money = { minimum: 0, maximum: 1e10 } as const;

const columnOf =
  (type: ColumnSpec['type']) =>
  (name: string, description: string, extra: Extra = {}): ColumnSpec => ({ name, type, description, ...extra });
const text = columnOf('text');
const number = columnOf('number');
const integer = columnOf('integer');
const moment = columnOf('timestamp');
const category = (name: string, categories: readonly string[], description: string, extra: Extra = {}): ColumnSpec => ({
  name,
  type: 'category',
  description,
  categories,
  ...extra,
});
const id = text('id', 'Key of the row, unique within its source.', { unique: true });
const userId = text('user_id', 'Whose row it is.');
const currency = text('currency', 'ISO 4217 code of every amount in the row.');

const users: TableSpec = {
  name: 'users',
  eventTime: 'created_at',
  foreignKeys: {},
  columns: [
    id,
    moment('created_at', 'When the person became a customer.'),
    moment('birth_date', 'Date of birth, midnight UTC. Protected: for fairness slices, not for features.', optional),
    category('gender', genders, 'Protected: for fairness slices, not for features.', optional),
    text('city', 'City of residence.', optional),
    category('employment', employments, 'As the customer last declared it.', optional),
    text('currency', 'ISO 4217 code of the main currency.'),
  ],
};

const accounts: TableSpec = {
  name: 'accounts',
  eventTime: 'opened_at',
  foreignKeys: { user_id: 'users' },
  columns: [
    id,
    userId,
    category('kind', accountKinds, 'Kind of account.'),
    currency,
    number('credit_limit', 'Limit of a credit card; null for other kinds.', { ...money, ...optional }),
    moment('opened_at', 'When the account was opened.'),
  ],
};

const transactions: TableSpec = {
  name: 'transactions',
  eventTime: 'booked_at',
  foreignKeys: { account_id: 'accounts', user_id: 'users' },
  columns: [
    id,
    text('account_id', 'Account that was debited or credited.'),
    userId,
    moment('booked_at', 'When it was booked.'),
    number('amount', 'Signed: positive = money in, negative = money out.', { minimum: -1e10, maximum: 1e10 }),
    currency,
    category('channel', channels, 'How it was paid.'),
    text('merchant', 'Name of the merchant or other party where the bank knows one.', optional),
    text('description', 'The line on the statement as the bank prints it.'),
    category('category', transactionCategories, "The backend's own category."),
    number('balance_after', 'Balance of the account after it; on a credit card minus what is owed.', {
      minimum: -1e10,
      maximum: 1e10,
      ...optional,
    }),
    moment('disputed_at', 'When the customer disputed it; null = not (yet) disputed. Arrives late.', optional),
  ],
};

const loans: TableSpec = {
  name: 'loans',
  eventTime: 'disbursed_at',
  foreignKeys: { user_id: 'users', application_id: 'credit_applications' },
  columns: [
    id,
    userId,
    text('application_id', 'Application it was granted on; null for loans from elsewhere.', optional),
    category('kind', loanKinds, 'Kind of loan.'),
    number('principal', 'Amount lent.', money),
    number('annual_rate', 'Nominal yearly rate as a fraction, 0.14 = 14 %.', { minimum: 0, maximum: 2, ...optional }),
    integer('term_months', 'Agreed number of monthly instalments.', { minimum: 1, maximum: 600 }),
    number('emi', 'Equated monthly instalment.', money),
    moment('disbursed_at', 'When the money was paid out.'),
    text('collateral_kind', 'Asset behind the loan; null = unsecured.', optional),
    number('collateral_value', 'Value of the asset at disbursement.', { ...money, ...optional }),
    moment('closed_at', 'When it was repaid in full; null = open. Changes later.', optional),
    moment('defaulted_at', 'When it was written off; null = not. Changes later.', optional),
  ],
};

const loanPayments: TableSpec = {
  name: 'loan_payments',
  eventTime: 'due_at',
  foreignKeys: { loan_id: 'loans', user_id: 'users' },
  columns: [
    id,
    text('loan_id', 'Loan that the instalment belongs to.'),
    userId,
    moment('due_at', 'When the instalment was due.'),
    number('amount_due', 'Amount of the instalment.', money),
    moment('paid_at', 'When it was paid; null = not (yet) paid. Arrives late.', optional),
    number('amount_paid', 'What was paid; null = nothing (yet).', { ...money, ...optional }),
  ],
};

const creditApplications: TableSpec = {
  name: 'credit_applications',
  eventTime: 'applied_at',
  foreignKeys: { user_id: 'users', loan_id: 'loans' },
  columns: [
    id,
    userId,
    moment('applied_at', 'When the customer applied.'),
    category('kind', loanKinds, 'Kind of loan asked for.'),
    number('requested_amount', 'Amount asked for.', money),
    integer('term_months', 'Term asked for, in months.', { minimum: 1, maximum: 600 }),
    number('declared_monthly_income', 'As the customer declared it, not verified.', { ...money, ...optional }),
    category('employment', employments, 'As declared in the application.', optional),
    text('collateral_kind', 'Asset offered; null = unsecured.', optional),
    number('collateral_value', 'Value of the asset offered.', { ...money, ...optional }),
    category('decision', decisions, 'What the lender decided.'),
    moment('decided_at', 'When it was decided.', optional),
    text('loan_id', 'Loan that came of it.', optional),
    category(
      'outcome',
      outcomes,
      'How the loan ended; null = still running or never granted. Changes later.',
      optional,
    ),
    moment('outcome_at', 'When the outcome became known.', optional),
  ],
};

const chatMessages: TableSpec = {
  name: 'chat_messages',
  eventTime: 'sent_at',
  foreignKeys: { user_id: 'users' },
  columns: [
    id,
    userId,
    moment('sent_at', 'When the message was sent.'),
    text('text', 'What the customer wrote.'),
    text('locale', 'Language tag of the chat, such as en-IN or hi-Latn (Hindi in Latin letters).'),
    text(
      'intent',
      'Intent as an annotator labelled it; `out_of_scope` = none of them; null = not (yet) labelled.',
      optional,
    ),
    moment('intent_labelled_at', 'When it was labelled.', optional),
    text(
      'text_group',
      'Wordings, merchants and names of one group occur in no other; holdouts are cut by it.',
      optional,
    ),
  ],
};

const entityAnnotations: TableSpec = {
  name: 'entity_annotations',
  eventTime: 'annotated_at',
  foreignKeys: { message_id: 'chat_messages', transaction_id: 'transactions' },
  columns: [
    id,
    text('message_id', 'Message whose text is annotated; null when it is a transaction.', optional),
    text('transaction_id', 'Transaction whose description is annotated; null when it is a message.', optional),
    integer('start_offset', 'First UTF-16 code unit of the span, counted from 0.', { minimum: 0, maximum: 1e6 }),
    integer('end_offset', 'First UTF-16 code unit after the span.', { minimum: 1, maximum: 1e6 }),
    text('entity_type', 'MERCHANT, AMOUNT, DATE, ACCOUNT, PERSON, CATEGORY, ORG, UPI_ID or another upper-case name.'),
    text('text', 'The span itself, equal to the annotated text between the offsets.'),
    text('text_group', 'As in chat_messages; for a transaction the group of its merchant or payee.', optional),
    moment('annotated_at', 'When it was annotated.'),
  ],
};

const predictionFeedback: TableSpec = {
  name: 'prediction_feedback',
  eventTime: 'created_at',
  foreignKeys: { user_id: 'users' },
  columns: [
    id,
    text('user_id', 'Customer concerned.', optional),
    text('model', "Model that predicted, a folder's name below models/."),
    text('entity_kind', 'What was predicted on: transaction, chat_message or credit_application.'),
    text('entity_id', 'Its id.'),
    text('predicted', 'What the model said; of a corrected label the one before.', optional),
    category('verdict', verdicts, 'What an analyst or customer made of it.'),
    text('label', 'The right answer when it was corrected.', optional),
    moment('created_at', 'When the feedback came.'),
  ],
};

/** All tables of schema `backend` as the extraction queries return them, without column `source`. */
export const tableSpecs: Readonly<Record<BackendTable, TableSpec>> = {
  users,
  accounts,
  transactions,
  loans,
  loan_payments: loanPayments,
  credit_applications: creditApplications,
  chat_messages: chatMessages,
  entity_annotations: entityAnnotations,
  prediction_feedback: predictionFeedback,
};

export { migrateBackend } from './migrate.js';
