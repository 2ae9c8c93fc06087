import type { SnapshotTables } from '../../../contracts/backend.js';
import { ratio } from '../arithmetic.js';
import { knownBefore, numbersOf, textsOf, timesOf } from '../columns.js';
import { before, indexEvents, MONTH_MS } from '../event-index.js';
import { defineGroup } from '../feature-group.js';
import { cardColumns, flowColumns, transactionsOf } from '../transactions.js';
import { monthlyIncome } from './cash-flow.js';

/**
 * Remaining principal after `paid` of `term` equal instalments, at least 0: by the annuity formula, or linear when the
 * rate is unknown or zero.
 * @param loan.annualRate - fraction a year, NaN = unknown.
 */
export function remainingPrincipal(
  loan: { readonly principal: number; readonly annualRate: number; readonly emi: number; readonly term: number },
  paid: number,
): number {
  const { principal, annualRate, emi, term } = loan;
  const rate = annualRate / 12;
  if (!(rate > 0)) return Math.max(0, principal * (1 - Math.min(1, paid / Math.max(1, term))));
  const growth = (1 + rate) ** paid;
  return Math.max(0, principal * growth - (emi * (growth - 1)) / rate);
}

type PaidInstalments = (userId: string, asOf: number) => ReadonlyMap<string, number>;

/** Number of instalments due and paid before `asOf`, by loan id; a loan without a recorded due instalment is absent. */
function preparePaidInstalments(tables: SnapshotTables): PaidInstalments {
  const payments = indexEvents(tables.loan_payments, 'user_id', 'due_at');
  const loanIds = textsOf(tables.loan_payments, 'loan_id');
  const paidAt = timesOf(tables.loan_payments, 'paid_at');
  return (userId, asOf) => {
    const paid = new Map<string, number>();
    payments.visit(userId, before(asOf), (row) => {
      const loanId = loanIds[row] ?? '';
      paid.set(loanId, (paid.get(loanId) ?? 0) + (Number.isNaN(knownBefore(paidAt[row]!, asOf)) ? 0 : 1));
    });
    return paid;
  };
}

interface Portfolio {
  loans: number;
  active: number;
  repaid: number;
  defaulted: number;
  outstanding: number;
  securedOutstanding: number;
  collateral: number;
  instalments: number;
  lastDisbursed: number;
}

const emptyPortfolio = (): Portfolio => ({
  loans: 0,
  active: 0,
  repaid: 0,
  defaulted: 0,
  outstanding: 0,
  securedOutstanding: 0,
  collateral: 0,
  instalments: 0,
  lastDisbursed: Number.NaN,
});

function preparePortfolio(tables: SnapshotTables): (userId: string, asOf: number) => Portfolio {
  const { loans } = tables;
  const index = indexEvents(loans, 'user_id', 'disbursed_at');
  const paidInstalments = preparePaidInstalments(tables);
  const ids = textsOf(loans, 'id');
  const [principal, annualRate, emi, term, collateral] = (
    ['principal', 'annual_rate', 'emi', 'term_months', 'collateral_value'] as const
  ).map((name) => numbersOf(loans, name)) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const closedAt = timesOf(loans, 'closed_at');
  const defaultedAt = timesOf(loans, 'defaulted_at');

  const addActive = (portfolio: Portfolio, row: number, paid: number): void => {
    const left = remainingPrincipal(
      { principal: principal[row]!, annualRate: annualRate[row]!, emi: emi[row]!, term: term[row]! },
      paid,
    );
    portfolio.active += 1;
    portfolio.outstanding += left;
    portfolio.instalments += emi[row]!;
    if (!(collateral[row]! > 0)) return;
    portfolio.securedOutstanding += left;
    portfolio.collateral += collateral[row]!;
  };
  return (userId, asOf) => {
    const portfolio = emptyPortfolio();
    const paid = paidInstalments(userId, asOf);
    index.visit(userId, before(asOf), (row, disbursedAt) => {
      portfolio.loans += 1;
      portfolio.lastDisbursed = disbursedAt;
      if (!Number.isNaN(knownBefore(defaultedAt[row]!, asOf))) portfolio.defaulted += 1;
      else if (!Number.isNaN(knownBefore(closedAt[row]!, asOf))) portfolio.repaid += 1;
      // Without recorded instalments, all that were due by the agreed schedule count as paid.
      else addActive(portfolio, row, paid.get(ids[row] ?? '') ?? Math.floor((asOf - disbursedAt) / MONTH_MS));
    });
    return portfolio;
  };
}

/** Counts of loans by status, outstanding principal and instalments. */
export const loans = defineGroup({
  columns: {
    loans: [
      ...['id', 'user_id', 'disbursed_at', 'principal', 'annual_rate', 'emi', 'term_months', 'collateral_value'],
      ...['closed_at', 'defaulted_at'],
    ],
    loan_payments: ['user_id', 'due_at', 'loan_id', 'paid_at'],
    transactions: flowColumns,
    accounts: cardColumns,
  },
  fields: {
    loansCount: { unit: 'count', description: 'Loans ever granted.' },
    activeLoansCount: { unit: 'count', description: 'Loans neither repaid nor defaulted.' },
    repaidLoansCount: { unit: 'count', description: 'Loans repaid in full.' },
    defaultedLoansCount: { unit: 'count', description: 'Loans that defaulted.' },
    outstandingPrincipal: { unit: 'INR', description: 'Estimated principal left on active loans.' },
    monthlyInstalments: { unit: 'INR', description: 'Instalments of active loans a month.' },
    instalmentsToIncome: { unit: 'ratio', description: 'Instalments of active loans over monthly income (12 months).' },
    outstandingToIncome: { unit: 'months', description: 'Outstanding principal in months of income (12 months).' },
    securedShare: { unit: 'share', description: 'Share of outstanding principal with collateral.' },
    existingLoanToValue: {
      unit: 'ratio',
      description: 'Secured outstanding principal over the value of its collateral.',
    },
    monthsSinceLastLoan: { unit: 'months', description: 'Since the last loan was disbursed.' },
  },
  prepare(tables) {
    const portfolioOf = preparePortfolio(tables);
    const transactions = transactionsOf(tables);
    return (userId, asOf) => {
      const portfolio = portfolioOf(userId, asOf);
      const income = monthlyIncome(transactions, userId, asOf);
      return {
        loansCount: portfolio.loans,
        activeLoansCount: portfolio.active,
        repaidLoansCount: portfolio.repaid,
        defaultedLoansCount: portfolio.defaulted,
        outstandingPrincipal: portfolio.outstanding,
        monthlyInstalments: portfolio.instalments,
        instalmentsToIncome: ratio(portfolio.instalments, income),
        outstandingToIncome: ratio(portfolio.outstanding, income),
        securedShare: ratio(portfolio.securedOutstanding, portfolio.outstanding),
        existingLoanToValue: ratio(portfolio.securedOutstanding, portfolio.collateral),
        monthsSinceLastLoan: (asOf - portfolio.lastDisbursed) / MONTH_MS,
      };
    };
  },
});
