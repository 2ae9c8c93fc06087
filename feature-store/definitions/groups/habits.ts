import { knownBefore, timesOf } from '../columns.js';
import { DAY_MS, indexEvents, before, lastDays, lastMonths, MONTH_MS } from '../event-index.js';
import { defineGroup } from '../feature-group.js';
import { bookingColumns, type TransactionIndex, transactionsOf } from '../transactions.js';

/** Debits of one merchant over the last four months. */
interface Payments {
  count: number;
  readonly months: Set<number>;
  smallest: number;
  largest: number;
}

/** About one debit a month in three of the last four months, within ten percent of each other. */
const isSubscription = ({ count, months, smallest, largest }: Payments): boolean =>
  months.size >= 3 && count <= 6 && largest <= 1.1 * smallest;

function countSubscriptions(index: TransactionIndex, userId: string, asOf: number): number {
  const byMerchant = new Map<string, Payments>();
  index.visit(userId, lastMonths(asOf, 4), (row, time) => {
    const merchant = index.merchant[row] ?? null;
    const paid = -index.amount[row]!;
    if (merchant === null || !(paid > 0)) return;
    const payments = byMerchant.get(merchant) ?? { count: 0, months: new Set(), smallest: paid, largest: paid };
    payments.count += 1;
    payments.months.add(Math.floor((asOf - time) / MONTH_MS));
    payments.smallest = Math.min(payments.smallest, paid);
    payments.largest = Math.max(payments.largest, paid);
    byMerchant.set(merchant, payments);
  });
  return [...byMerchant.values()].filter(isSubscription).length;
}

interface LastYear {
  readonly merchants: Set<string>;
  disputes: number;
  lastTime: number;
}

function lastYear(index: TransactionIndex, userId: string, asOf: number): LastYear {
  const year: LastYear = { merchants: new Set(), disputes: 0, lastTime: Number.NaN };
  index.visit(userId, lastDays(asOf, 365), (row, time) => {
    const merchant = index.merchant[row] ?? null;
    if (merchant !== null && index.amount[row]! < 0) year.merchants.add(merchant);
    if (!Number.isNaN(knownBefore(index.disputedAt[row]!, asOf))) year.disputes += 1;
    year.lastTime = time;
  });
  return year;
}

/** Merchants, subscriptions, disputes and length of history. */
export const habits = defineGroup({
  columns: {
    transactions: [...bookingColumns, 'merchant', 'amount', 'disputed_at'],
    accounts: ['user_id', 'opened_at'],
    users: ['id', 'created_at'],
  },
  fields: {
    monthsOfHistory: { unit: 'months', description: 'Since the first transaction; 0 without any.' },
    daysSinceLastTransaction: { unit: 'days', description: 'Since the last transaction of the last year.' },
    merchantsCount: { unit: 'count', description: 'Different merchants paid, last 365 days.' },
    subscriptionsCount: {
      unit: 'count',
      description: 'Merchants paid about monthly with a like amount, last 4 months.',
    },
    disputesCount: { unit: 'count', description: 'Transactions of the last 365 days disputed by then.' },
    accountsCount: { unit: 'count', description: 'Accounts opened.' },
    customerMonths: { unit: 'months', description: 'Since the person became a customer.' },
  },
  prepare(tables) {
    const index = transactionsOf(tables);
    const accounts = indexEvents(tables.accounts, 'user_id', 'opened_at');
    const users = indexEvents(tables.users, 'id', 'created_at');
    const createdAt = timesOf(tables.users, 'created_at');
    return (userId, asOf) => {
      const history = asOf - index.firstBefore(userId, asOf);
      const { merchants, disputes, lastTime } = lastYear(index, userId, asOf);
      let opened = 0;
      accounts.visit(userId, before(asOf), () => void (opened += 1));
      let customerSince = Number.NaN;
      users.visit(userId, before(asOf), (row) => void (customerSince = createdAt[row]!));
      return {
        monthsOfHistory: Number.isNaN(history) ? 0 : history / MONTH_MS,
        daysSinceLastTransaction: (asOf - lastTime) / DAY_MS,
        merchantsCount: merchants.size,
        subscriptionsCount: countSubscriptions(index, userId, asOf),
        disputesCount: disputes,
        accountsCount: opened,
        customerMonths: (asOf - customerSince) / MONTH_MS,
      };
    };
  },
});
