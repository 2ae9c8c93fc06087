import type { Random } from '../../../../../learning/numeric/random/index.js';
import { DAY_MS, type Month, momentIn } from '../calendar.js';
import type { Customer } from '../customer.js';
import { difficulty } from '../difficulty.js';
import { between, chance, logNormal, money, pick } from '../draws.js';
import { anyPerson } from '../people.js';
import { lenders } from '../places.js';
import { type Posting, settleWith } from '../posting.js';
import type { CreditApplicationRow, LoanRow } from '../rows.js';
import { instalmentsOf } from './book.js';
import { drawRequest, type LoanRequest } from './products.js';
import { type Evidence, evidenceOf, probabilityOf, riskOf } from './risk.js';

const fewestMonthsKnown = 3;
const mostRunningLoans = 3;

function evidenceFor(customer: Customer, request: LoanRequest, at: number): Evidence {
  const applicant = {
    history: customer.history,
    at,
    joinedAt: customer.profile.joinedAt,
    employment: customer.life.employment,
    runningInstalments: instalmentsOf(customer.book),
  };
  return evidenceOf(applicant, request);
}

/** A lender sees the same evidence, less sharply, and turns the worst away. */
function isDeclined(random: Random, evidence: Evidence, logOdds: number): boolean {
  const { declineAbove, lenderNoise } = difficulty.credit;
  if (evidence.debtToIncome > 0.9) return true;
  return logOdds + lenderNoise * random.normal() > declineAbove;
}

function applicationRow(random: Random, customer: Customer, request: LoanRequest, at: number): CreditApplicationRow {
  const number = String(customer.rows.credit_applications.length + 1).padStart(3, '0');
  return {
    id: `${customer.profile.id}-c${number}`,
    user_id: customer.profile.id,
    applied_at: at,
    kind: request.kind,
    requested_amount: request.amount,
    term_months: request.termMonths,
    declared_monthly_income: Math.round((customer.life.income * 1.05 * logNormal(random, 0.12)) / 500) * 500,
    employment: customer.life.employment,
    collateral_kind: request.collateralKind,
    collateral_value: request.collateralValue,
    decision: 'declined',
    decided_at: at + Math.floor(between(random, 0.05, 2) * DAY_MS),
    loan_id: null,
    outcome: null,
    outcome_at: null,
  };
}

function loanRow(application: CreditApplicationRow, request: LoanRequest): LoanRow {
  return {
    id: application.id.replace('-c', '-l'),
    user_id: application.user_id,
    application_id: application.id,
    kind: request.kind,
    principal: request.amount,
    annual_rate: request.annualRate,
    term_months: request.termMonths,
    emi: request.emi,
    disbursed_at: (application.decided_at ?? application.applied_at) + DAY_MS / 2,
    collateral_kind: request.collateralKind,
    collateral_value: request.collateralValue,
    closed_at: null,
    defaulted_at: null,
  };
}

/** The money arrives and goes on to whatever it was borrowed for. */
function disbursement(random: Random, customer: Customer, loan: LoanRow, lender: string): Posting[] {
  const at = loan.disbursed_at;
  const from = { type: 'ORG', name: lender } as const;
  const arrived = { at, amount: loan.principal, channel: 'neft', category: 'transfer' } as const;
  const spentAt = at + Math.floor(between(random, 0.2, 2) * DAY_MS);
  const spent = {
    at: spentAt,
    amount: -money(loan.principal * between(random, 0.9, 1)),
    channel: 'imps',
    category: 'transfer',
  } as const;
  const payee = { type: 'PERSON', ...anyPerson(random) } as const;
  return [settleWith(random, customer.profile, from, arrived), settleWith(random, customer.profile, payee, spent)];
}

/** When a loan that will fail stops being paid: early, as such loans do. */
function failurePoint(random: Random, termMonths: number): number {
  return 1 + random.integer(Math.max(1, Math.min(termMonths - 2, 5)));
}

function grant(
  random: Random,
  customer: Customer,
  request: LoanRequest,
  grantOf: { application: CreditApplicationRow; probability: number },
): Posting[] {
  const { application, probability } = grantOf;
  const loan = loanRow(application, request);
  const lender = pick(random, lenders);
  application.decision = 'approved';
  application.loan_id = loan.id;
  const failsFrom = chance(random, probability) ? failurePoint(random, loan.term_months) : null;
  customer.book.running.push({
    row: loan,
    application,
    lender,
    dueDay: 3 + random.integer(8),
    instalmentsDue: 0,
    failsFrom,
  });
  customer.rows.loans.push(loan);
  return request.paidToCustomer ? disbursement(random, customer, loan, lender) : [];
}

function apply(random: Random, customer: Customer, month: Month): Posting[] {
  const request = drawRequest(random, customer.life.income);
  // Early in the month, so that decision and disbursement stay inside it and the last full months are the evidence.
  const at = momentIn(month, 1 + random.integer(20), between(random, 9, 21));
  const evidence = evidenceFor(customer, request, at);
  const logOdds = riskOf(evidence);
  const probability = probabilityOf(logOdds);
  const application = applicationRow(random, customer, request, at);
  customer.rows.credit_applications.push(application);
  customer.truth.applications.push({ application, probability, evidence });
  if (isDeclined(random, evidence, logOdds)) return [];
  return grant(random, customer, request, { application, probability });
}

/** At most one application a month, by customers of three months and more. @returns bookings of what was paid out. */
export function applyForCredit(random: Random, customer: Customer, month: Month): Posting[] {
  if (customer.history.income.length < fewestMonthsKnown) return [];
  if (customer.book.running.length >= mostRunningLoans) return [];
  if (!chance(random, difficulty.credit.applications)) return [];
  return apply(random, customer, month);
}
