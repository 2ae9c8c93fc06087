import type { Random } from '../../../../../learning/numeric/random/index.js';
import { sum } from '../../../../../learning/numeric/statistics/sum.js';
import { DAY_MS, type Month, momentIn } from '../calendar.js';
import { between, chance } from '../draws.js';
import { bankBooking, type Posting, payParty } from '../posting.js';
import type { LoanPaymentRow } from '../rows.js';
import { closeLoan, type RunningLoan, writeOff } from './book.js';
import type { Customer } from '../customer.js';

const lenderParty = (loan: RunningLoan) => ({ type: 'ORG', name: loan.lender }) as const;

function debit(random: Random, customer: Customer, loan: RunningLoan, at: number): Posting {
  const payment = { at, amount: -loan.row.emi, channel: 'nach', category: 'emi' } as const;
  return payParty(random, customer.profile, lenderParty(loan), payment);
}

const returnCharge = (at: number): Posting =>
  bankBooking('NACH RTN CHRG INCL GST', { at, amount: -590, channel: 'fee', category: 'fees' });

function instalmentRow(customer: Customer, loan: RunningLoan, due: number): LoanPaymentRow {
  const number = String(loan.instalmentsDue).padStart(3, '0');
  const row: LoanPaymentRow = {
    id: `${loan.row.id}-p${number}`,
    loan_id: loan.row.id,
    user_id: customer.profile.id,
    due_at: due,
    amount_due: loan.row.emi,
    paid_at: null,
    amount_paid: null,
  };
  customer.rows.loan_payments.push(row);
  return row;
}

function markPaid(customer: Customer, loan: RunningLoan, row: LoanPaymentRow, at: number): void {
  row.paid_at = at;
  row.amount_paid = row.amount_due;
  if (loan.instalmentsDue === loan.row.term_months) closeLoan(customer.book, loan, at);
}

function leaveUnpaid(customer: Customer, loan: RunningLoan, due: number): Posting[] {
  customer.history.missed.push(due);
  const unpaid = loan.instalmentsDue - (loan.failsFrom ?? 0) + 1;
  if (unpaid >= 3) writeOff(customer.book, loan, due, customer.end);
  return [returnCharge(due + DAY_MS / 4)];
}

/** Payment 6 to 25 days late, or after more than a month; the return charge is booked immediately. */
function payLate(random: Random, customer: Customer, loan: RunningLoan, row: LoanPaymentRow): Posting[] {
  const veryLate = chance(random, 0.4);
  const days = veryLate ? between(random, 32, 58) : between(random, 6.5, 25);
  (veryLate ? customer.history.missed : customer.history.late).push(row.due_at);
  customer.book.overdue.push({ loan, payment: row, paidAt: Math.floor(row.due_at + days * DAY_MS) });
  return [returnCharge(row.due_at + DAY_MS / 4)];
}

function latenessOf(customer: Customer): number {
  const overdrawn = (customer.history.lowestBalance.at(-1) ?? 0) < 0 ? 0.08 : 0;
  return 0.3 * (1 - customer.profile.discipline) + overdrawn;
}

function payInstalment(random: Random, customer: Customer, loan: RunningLoan, month: Month): Posting[] {
  loan.instalmentsDue += 1;
  const due = momentIn(month, loan.dueDay, 9);
  const row = instalmentRow(customer, loan, due);
  if (loan.failsFrom !== null && loan.instalmentsDue >= loan.failsFrom) return leaveUnpaid(customer, loan, due);
  const isLast = loan.instalmentsDue === loan.row.term_months;
  if (!isLast && chance(random, latenessOf(customer))) return payLate(random, customer, loan, row);
  markPaid(customer, loan, row, due);
  return [debit(random, customer, loan, due)];
}

function payOverdue(random: Random, customer: Customer, month: Month): Posting[] {
  const paidNow = customer.book.overdue.filter((late) => late.paidAt < month.end);
  for (const late of paidNow) customer.book.overdue.splice(customer.book.overdue.indexOf(late), 1);
  return paidNow.map(({ loan, payment, paidAt }) => {
    const at = Math.max(paidAt, month.start);
    payment.paid_at = at;
    payment.amount_paid = payment.amount_due;
    return debit(random, customer, loan, at);
  });
}

/** Postings for the month's instalments of all running loans, and for late payments of earlier ones. */
export function payInstalments(random: Random, customer: Customer, month: Month): Posting[] {
  const due = customer.book.running.filter((loan) => loan.row.disbursed_at < month.start);
  const postings = due.flatMap((loan) => payInstalment(random, customer, loan, month));
  return [...postings, ...payOverdue(random, customer, month)];
}

/** Instalments that are due this month and will be paid, for the oracle, INR. */
export const expectedInstalments = (customer: Customer, month: Month): number => {
  const paid = customer.book.running
    .filter((loan) => loan.row.disbursed_at < month.start)
    .filter((loan) => loan.failsFrom === null || loan.instalmentsDue + 1 < loan.failsFrom);
  return sum(paid.map((loan) => loan.row.emi));
};
