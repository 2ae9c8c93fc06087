import type { BackendTable } from '../../../../contracts/backend.js';
import type {
  AccountKind,
  Channel,
  Employment,
  Gender,
  LoanKind,
  Outcome,
  TransactionCategory,
  Verdict,
} from '../categories.js';

/*
 * Rows of the backend's tables as the generator and the importers create them, with the column names of the database
 * and without `source`. The columns are described in tables.ts. Times are milliseconds since the epoch.
 */

export interface UserRow {
  id: string;
  created_at: number;
  birth_date: number | null;
  gender: Gender | null;
  city: string | null;
  employment: Employment | null;
  currency: string;
}

export interface AccountRow {
  id: string;
  user_id: string;
  kind: AccountKind;
  currency: string;
  credit_limit: number | null;
  opened_at: number;
}

export interface TransactionRow {
  id: string;
  account_id: string;
  user_id: string;
  booked_at: number;
  amount: number;
  currency: string;
  channel: Channel;
  merchant: string | null;
  description: string;
  category: TransactionCategory;
  balance_after: number | null;
  disputed_at: number | null;
}

export interface LoanRow {
  id: string;
  user_id: string;
  application_id: string | null;
  kind: LoanKind;
  principal: number;
  annual_rate: number | null;
  term_months: number;
  emi: number;
  disbursed_at: number;
  collateral_kind: string | null;
  collateral_value: number | null;
  closed_at: number | null;
  defaulted_at: number | null;
}

export interface LoanPaymentRow {
  id: string;
  loan_id: string;
  user_id: string;
  due_at: number;
  amount_due: number;
  paid_at: number | null;
  amount_paid: number | null;
}

export interface CreditApplicationRow {
  id: string;
  user_id: string;
  applied_at: number;
  kind: LoanKind;
  requested_amount: number;
  term_months: number;
  declared_monthly_income: number | null;
  employment: Employment | null;
  collateral_kind: string | null;
  collateral_value: number | null;
  decision: 'approved' | 'declined';
  decided_at: number | null;
  loan_id: string | null;
  outcome: Outcome | null;
  outcome_at: number | null;
}

export interface ChatMessageRow {
  id: string;
  user_id: string;
  sent_at: number;
  text: string;
  locale: string;
  intent: string | null;
  intent_labelled_at: number | null;
  text_group: string | null;
}

export interface EntityAnnotationRow {
  id: string;
  message_id: string | null;
  transaction_id: string | null;
  start_offset: number;
  end_offset: number;
  entity_type: string;
  text: string;
  text_group: string | null;
  annotated_at: number;
}

export interface PredictionFeedbackRow {
  id: string;
  user_id: string | null;
  model: string;
  entity_kind: string;
  entity_id: string;
  predicted: string | null;
  verdict: Verdict;
  label: string | null;
  created_at: number;
}

/** Rows of all tables; every array may be empty. */
export interface BackendRows {
  users: UserRow[];
  accounts: AccountRow[];
  transactions: TransactionRow[];
  loans: LoanRow[];
  loan_payments: LoanPaymentRow[];
  credit_applications: CreditApplicationRow[];
  chat_messages: ChatMessageRow[];
  entity_annotations: EntityAnnotationRow[];
  prediction_feedback: PredictionFeedbackRow[];
}

/** New empty arrays for all tables. */
export const emptyRows = (): BackendRows & Record<BackendTable, object[]> => ({
  users: [],
  accounts: [],
  transactions: [],
  loans: [],
  loan_payments: [],
  credit_applications: [],
  chat_messages: [],
  entity_annotations: [],
  prediction_feedback: [],
});
