import { sum } from '../../../../../learning/numeric/statistics/sum.js';
import { DAY_MS } from '../calendar.js';
import type { CreditApplicationRow, LoanPaymentRow, LoanRow } from '../rows.js';

const MONTH_DAYS = 30.4;

/** A loan that is being repaid. */
export interface RunningLoan {
  readonly row: LoanRow;
  readonly application: CreditApplicationRow;
  readonly lender: string;
  readonly dueDay: number;
  instalmentsDue: number;
  /** Number of the first instalment that will not be paid; null for a loan that will be repaid. Not in the tables. */
  readonly failsFrom: number | null;
}

/** An instalment that will be paid late. */
export interface LatePayment {
  readonly loan: RunningLoan;
  readonly payment: LoanPaymentRow;
  readonly paidAt: number;
}

/** A customer's running loans and overdue payments; mutable. */
export interface CreditBook {
  readonly running: RunningLoan[];
  readonly overdue: LatePayment[];
}

/** The book of a customer without loans. */
export const emptyBook = (): CreditBook => ({ running: [], overdue: [] });

/** Monthly instalments of all running loans, INR. */
export const instalmentsOf = (book: CreditBook): number => sum(book.running.map((loan) => loan.row.emi));

/** Closes a loan that is repaid. */
export function closeLoan(book: CreditBook, loan: RunningLoan, at: number): void {
  loan.row.closed_at = at;
  loan.application.outcome = 'repaid';
  loan.application.outcome_at = at;
  book.running.splice(book.running.indexOf(loan), 1);
}

/**
 * Writes off a loan 25 days after its third consecutive unpaid instalment was due. The application's outcome is dated at
 * the regular end of the loan, as for repaid loans: with an earlier date all recent outcomes would be defaults, and a
 * model would learn the date.
 */
export function writeOff(book: CreditBook, loan: RunningLoan, due: number, end: number): void {
  book.running.splice(book.running.indexOf(loan), 1);
  const at = due + 25 * DAY_MS;
  if (at < end) loan.row.defaulted_at = at;
  const outcomeAt = Math.max(at, loan.row.disbursed_at + loan.row.term_months * MONTH_DAYS * DAY_MS);
  if (outcomeAt >= end) return;
  loan.application.outcome = 'defaulted';
  loan.application.outcome_at = Math.floor(outcomeAt);
}
