import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { ratio, variation } from '../arithmetic.js';
import { lastMonths, MONTH_MS } from '../event-index.js';
import { defineGroup } from '../feature-group.js';
import { cardColumns, type Flow, flowColumns, type TransactionIndex, transactionsOf } from '../transactions.js';

const WINDOW_MONTHS = 12;

/** Sums by month before `asOf`; index 0 is the most recent month. */
interface MonthlyFlows {
  readonly income: Float64Array;
  readonly inflow: Float64Array;
  readonly spending: Float64Array;
  readonly byFlow: Record<Flow, number>;
  transactions: number;
  /** Months of history inside the window, at least one; NaN without history. */
  months: number;
  /** Whole months of history inside the window. */
  fullMonths: number;
}

const noFlows = (): Record<Flow, number> => ({
  income: 0,
  essential: 0,
  discretionary: 0,
  debt: 0,
  fee: 0,
  cash: 0,
  internal: 0,
  other: 0,
});

function addFlow(flows: MonthlyFlows, index: TransactionIndex, row: number, month: number): void {
  const amount = index.amount[row]!;
  const flow = index.flow(row);
  flows.transactions += 1;
  if (flow === 'internal' || Number.isNaN(amount)) return;
  if (amount < 0) {
    flows.spending[month]! -= amount;
    flows.byFlow[flow] -= amount;
  } else if (!index.onCard(row)) {
    flows.inflow[month]! += amount;
    if (flow === 'income') flows.income[month]! += amount;
  }
}

/** Money in and out by month over the last twelve months strictly before `asOf`. */
export function monthlyFlows(index: TransactionIndex, userId: string, asOf: number): MonthlyFlows {
  const history = (asOf - index.firstBefore(userId, asOf)) / MONTH_MS;
  const flows: MonthlyFlows = {
    income: new Float64Array(WINDOW_MONTHS),
    inflow: new Float64Array(WINDOW_MONTHS),
    spending: new Float64Array(WINDOW_MONTHS),
    byFlow: noFlows(),
    transactions: 0,
    months: Math.min(WINDOW_MONTHS, Math.max(1, history)),
    fullMonths: Number.isNaN(history) ? 0 : Math.min(WINDOW_MONTHS, Math.floor(history)),
  };
  index.visit(userId, lastMonths(asOf, WINDOW_MONTHS), (row, time) =>
    addFlow(flows, index, row, Math.min(WINDOW_MONTHS - 1, Math.floor((asOf - time) / MONTH_MS))),
  );
  return flows;
}

/** Mean monthly income of the last twelve months; NaN for a user without history or without categorised income. */
export function monthlyIncome(index: TransactionIndex, userId: string, asOf: number): number {
  const { income, months } = monthlyFlows(index, userId, asOf);
  const total = sum(income);
  return total > 0 ? total / months : Number.NaN;
}

/** Mean of the last three months over that of the window, minus one; NaN for fewer than six whole months. */
function trend(values: Float64Array, fullMonths: number): number {
  if (fullMonths < 6) return Number.NaN;
  return ratio(mean(values.subarray(0, 3)), mean(values.subarray(0, fullMonths))) - 1;
}

/** Income, spending and their shares over the last twelve months. */
export const cashFlow = defineGroup({
  columns: { transactions: flowColumns, accounts: cardColumns },
  fields: {
    incomeMonthlyMean: {
      unit: 'INR',
      description: 'Salary, pension, interest and other income a month, last 12 months.',
    },
    incomeVariation: { unit: 'ratio', description: 'Standard deviation over mean of monthly income, last 12 months.' },
    incomeMonthsShare: { unit: 'share', description: 'Share of the last 12 months with any income.' },
    incomeTrend: { unit: 'ratio', description: 'Income of the last 3 months against the last 12, minus 1.' },
    inflowMonthlyMean: { unit: 'INR', description: 'All money in a month but transfers, last 12 months.' },
    spendingMonthlyMean: {
      unit: 'INR',
      description: 'Money out a month but transfers and investments, last 12 months.',
    },
    spendingVariation: {
      unit: 'ratio',
      description: 'Standard deviation over mean of monthly spending, last 12 months.',
    },
    spendingTrend: { unit: 'ratio', description: 'Spending of the last 3 months against the last 12, minus 1.' },
    savingsRate: { unit: 'ratio', description: 'Money in minus money out, over money in, last 12 months.' },
    essentialShare: { unit: 'share', description: 'Rent, food, transport, bills, health, education in spending.' },
    discretionaryShare: { unit: 'share', description: 'Dining, shopping, entertainment, travel in spending.' },
    debtServiceShare: { unit: 'share', description: 'Instalments in spending.' },
    feeShare: { unit: 'share', description: 'Fees and interest paid in spending.' },
    cashShare: { unit: 'share', description: 'Cash in spending.' },
    transactionsMonthlyMean: { unit: 'count', description: 'Transactions a month, last 12 months.' },
  },
  prepare(tables) {
    const index = transactionsOf(tables);
    return (userId, asOf) => {
      const { income, inflow, spending, byFlow, transactions, months, fullMonths } = monthlyFlows(index, userId, asOf);
      const spent = sum(spending);
      const received = sum(inflow);
      return {
        incomeMonthlyMean: sum(income) / months,
        incomeVariation: variation(income.subarray(0, fullMonths)),
        incomeMonthsShare: ratio(income.subarray(0, fullMonths).filter((value) => value > 0).length, fullMonths),
        incomeTrend: trend(income, fullMonths),
        inflowMonthlyMean: received / months,
        spendingMonthlyMean: spent / months,
        spendingVariation: variation(spending.subarray(0, fullMonths)),
        spendingTrend: trend(spending, fullMonths),
        savingsRate: ratio(received - spent, received),
        essentialShare: ratio(byFlow.essential, spent),
        discretionaryShare: ratio(byFlow.discretionary, spent),
        debtServiceShare: ratio(byFlow.debt, spent),
        feeShare: ratio(byFlow.fee, spent),
        cashShare: ratio(byFlow.cash, spent),
        transactionsMonthlyMean: transactions / months,
      };
    };
  },
});
