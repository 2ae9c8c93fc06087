import type { Random } from '../../../../../learning/numeric/random/index.js';
import { DAY_MS, type Month, momentIn } from '../calendar.js';
import type { Customer } from '../customer.js';
import { difficulty } from '../difficulty.js';
import { between, chance, logNormal, roundMoney, pick } from '../draws.js';
import { drawPerson } from '../people.js';
import { lenders } from '../places.js';
import { type Posting, payParty } from '../posting.js';
import type { CreditApplicationRow, LoanRow } from '../rows.js';
import { instalmentsOf } from './book.js';
import { drawRequest, type LoanRequest } from './products.js';
import { type Evidence, evidenceOf, probabilityOf, riskOf } from './risk.js';

const minimumMonthsKnown = 3;
const maximumRunningLoans = 3;

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

/** The lender declines by the same evidence with random noise, and always above a debt-to-income ratio of 0.9. */
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

/** Two postings: the loan is paid out and most of it is transferred to a payee. */
function disbursement(random: Random, customer: Customer, loan: LoanRow, lender: string): Posting[] {
  const at = loan.disbursed_at;
  const from = { type: 'ORG', name: lender } as const;
  const arrived = { at, amount: loan.principal, channel: 'neft', category: 'transfer' } as const;
  const spentAt = at + Math.floor(between(random, 0.2, 2) * DAY_MS);
  const spent = {
    at: spentAt,
    amount: -roundMoney(loan.principal * between(random, 0.9, 1)),
    channel: 'imps',
    category: 'transfer',
  } as const;
  const payee = { type: 'PERSON', ...drawPerson(random) } as const;
  return [payParty(random, customer.profile, from, arrived), payParty(random, customer.profile, payee, spent)];
}

/** Number of the first unpaid instalment of a loan that will default, at most the fifth. */
function failurePoint(random: Random, termMonths: number): number {
  return 1 + random.integer(Math.max(1, Math.min(termMonths - 2, 5)));
}

function grantLoan(
  random: Random,
  customer: Customer,
  request: LoanRequest,
  risk: { application: CreditApplicationRow; probability: number },
): Posting[] {
  const { application, probability } = risk;
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
  // In the first three weeks, so that decision and disbursement are in the same month.
  const at = momentIn(month, 1 + random.integer(20), between(random, 9, 21));
  const evidence = evidenceFor(customer, request, at);
  const logOdds = riskOf(evidence);
  const probability = probabilityOf(logOdds);
  const application = applicationRow(random, customer, request, at);
  customer.rows.credit_applications.push(application);
  customer.truth.applications.push({ application, probability, evidence });
  if (isDeclined(random, evidence, logOdds)) return [];
  return grantLoan(random, customer, request, { application, probability });
}

/** At most one application a month, for customers with at least three months of history. @returns disbursement postings. */
export function applyForCredit(random: Random, customer: Customer, month: Month): Posting[] {
  if (customer.history.income.length < minimumMonthsKnown) return [];
  if (customer.book.running.length >= maximumRunningLoans) return [];
  if (!chance(random, difficulty.credit.applications)) return [];
  return apply(random, customer, month);
}
