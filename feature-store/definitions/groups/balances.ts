import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { ratio } from '../arithmetic.js';
import { DAY_MS, lastDays } from '../event-index.js';
import { defineGroup } from '../feature-group.js';
import { bookingColumns, cardColumns, type TransactionIndex, transactionsOf } from '../transactions.js';
import { monthlyFlows } from './cash-flow.js';

interface Balances {
  readonly last90: number[];
  /** Last balance in the last year by account id. */
  readonly latest: Map<string, number>;
  readonly overdraftDays: Set<number>;
}

function collect(index: TransactionIndex, userId: string, asOf: number): Balances {
  const collected: Balances = { last90: [], latest: new Map(), overdraftDays: new Set() };
  const recent = asOf - 90 * DAY_MS;
  index.visit(userId, lastDays(asOf, 365), (row, time) => {
    const balance = index.balanceAfter[row]!;
    if (Number.isNaN(balance) || index.onCard(row)) return;
    collected.latest.set(index.accountId[row] ?? '', balance);
    if (time >= recent) collected.last90.push(balance);
    if (balance < 0) collected.overdraftDays.add(Math.floor(time / DAY_MS));
  });
  return collected;
}

/** Account balances and overdrafts, without credit cards. */
export const balances = defineGroup({
  columns: {
    transactions: [...bookingColumns, 'amount', 'category', 'account_id', 'balance_after'],
    accounts: cardColumns,
  },
  fields: {
    balanceLatest: { unit: 'INR', description: 'Last known balance of all accounts but cards together, last year.' },
    balanceMean: { unit: 'INR', description: 'Mean balance after a booking, last 90 days, without cards.' },
    balanceMinimum: { unit: 'INR', description: 'Lowest balance after a booking, last 90 days, without cards.' },
    balanceToSpending: { unit: 'months', description: 'Months of spending that the mean balance would pay.' },
    overdraftDays: { unit: 'days', description: 'Days with a booking below zero, last 365 days, without cards.' },
  },
  prepare(tables) {
    const index = transactionsOf(tables);
    return (userId, asOf) => {
      const { last90, latest, overdraftDays } = collect(index, userId, asOf);
      const { spending, months } = monthlyFlows(index, userId, asOf);
      return {
        balanceLatest: latest.size === 0 ? Number.NaN : sum([...latest.values()]),
        balanceMean: mean(last90),
        balanceMinimum: last90.length === 0 ? Number.NaN : last90.reduce((low, value) => Math.min(low, value)),
        balanceToSpending: ratio(mean(last90), sum(spending) / months),
        overdraftDays: latest.size === 0 ? Number.NaN : overdraftDays.size,
      };
    };
  },
});
