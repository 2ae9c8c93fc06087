import { DAY_MS } from '../calendar.js';
import type { CreditApplicationRow, LoanPaymentRow, LoanRow } from '../rows.js';

const MONTH_DAYS = 30.4;

/** A loan that is being paid. */
export interface RunningLoan {
  readonly row: LoanRow;
  readonly application: CreditApplicationRow;
  readonly lender: string;
  readonly dueDay: number;
  instalmentsDue: number;
  /** Number of the first instalment that will not be paid; null for a loan that will be repaid. Hidden. */
  readonly failsFrom: number | null;
}

/** A payment that comes after its month's instalment run. */
export interface LatePayment {
  readonly loan: RunningLoan;
  readonly payment: LoanPaymentRow;
  readonly paidAt: number;
}

/** A customer's credit business, changed month by month. */
export interface CreditBook {
  readonly running: RunningLoan[];
  readonly overdue: LatePayment[];
}

export const emptyBook = (): CreditBook => ({ running: [], overdue: [] });

/** Instalments a month of all running loans, INR. */
export const instalmentsOf = (book: CreditBook): number => book.running.reduce((sum, loan) => sum + loan.row.emi, 0);

/** Ends a loan that is paid up. */
export function closeLoan(book: CreditBook, loan: RunningLoan, at: number): void {
  loan.row.closed_at = at;
  loan.application.outcome = 'repaid';
  loan.application.outcome_at = at;
  book.running.splice(book.running.indexOf(loan), 1);
}

/**
 * Ends a loan whose third instalment in a row stayed unpaid, 25 days after that was due. The application's outcome is
 * settled when the loan would have ended, as for loans that are repaid: were it known at once, the newest outcomes
 * would all be defaults, and a model would learn the calendar.
 */
export function writeOff(book: CreditBook, loan: RunningLoan, due: number, end: number): void {
  book.running.splice(book.running.indexOf(loan), 1);
  const at = due + 25 * DAY_MS;
  if (at < end) loan.row.defaulted_at = at;
  const settledAt = Math.max(at, loan.row.disbursed_at + loan.row.term_months * MONTH_DAYS * DAY_MS);
  if (settledAt >= end) return;
  loan.application.outcome = 'defaulted';
  loan.application.outcome_at = Math.floor(settledAt);
}
