import type { SnapshotTables } from '../../../contracts/backend.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { maximum, ratio } from '../arithmetic.js';
import { numbersOf, textsOf } from '../columns.js';
import { before, DAY_MS, indexEvents, lastDays } from '../event-index.js';
import { defineGroup } from '../feature-group.js';
import { bookingColumns, type TransactionIndex, transactionsOf } from '../transactions.js';

/** Credit limit by account id of the cards opened before `asOf`. */
function prepareLimits(tables: SnapshotTables): (userId: string, asOf: number) => Map<string, number> {
  const { accounts } = tables;
  const index = indexEvents(accounts, 'user_id', 'opened_at');
  const ids = textsOf(accounts, 'id');
  const kinds = textsOf(accounts, 'kind');
  const limits = numbersOf(accounts, 'credit_limit');
  return (userId, asOf) => {
    const cards = new Map<string, number>();
    index.visit(userId, before(asOf), (row) => {
      if (kinds[row] === 'credit_card' && limits[row]! > 0) cards.set(ids[row] ?? '', limits[row]!);
    });
    return cards;
  };
}

interface CardUse {
  /** Amount owed after the last booking, by account id. */
  readonly owed: Map<string, number>;
  /** Used share of the limit after each booking in the last 90 days. */
  readonly shares: number[];
}

function useOf(index: TransactionIndex, limits: ReadonlyMap<string, number>, userId: string, asOf: number): CardUse {
  const use: CardUse = { owed: new Map(), shares: [] };
  const recent = asOf - 90 * DAY_MS;
  index.visit(userId, lastDays(asOf, 365), (row, time) => {
    const accountId = index.accountId[row] ?? '';
    const limit = limits.get(accountId);
    const balance = index.balanceAfter[row]!;
    if (limit === undefined || Number.isNaN(balance)) return;
    const owed = Math.max(0, -balance);
    use.owed.set(accountId, owed);
    if (time >= recent) use.shares.push(owed / limit);
  });
  return use;
}

/** Number, limits and utilisation of credit cards. */
export const cards = defineGroup({
  columns: {
    accounts: ['id', 'user_id', 'kind', 'credit_limit', 'opened_at'],
    transactions: [...bookingColumns, 'account_id', 'balance_after'],
  },
  fields: {
    cardsCount: { unit: 'count', description: 'Credit cards with a limit.' },
    creditLimit: { unit: 'INR', description: 'Limits of all cards together; 0 without a card.' },
    utilisation: { unit: 'share', description: 'Owed on cards after the last booking, over their limits.' },
    utilisationMean: { unit: 'share', description: 'Mean used share of a limit after a booking, last 90 days.' },
    utilisationMaximum: { unit: 'share', description: 'Highest used share of a limit after a booking, last 90 days.' },
  },
  prepare(tables) {
    const limitsOf = prepareLimits(tables);
    const index = transactionsOf(tables);
    return (userId, asOf) => {
      const limits = limitsOf(userId, asOf);
      const { owed, shares } = useOf(index, limits, userId, asOf);
      const total = sum([...limits.values()]);
      return {
        cardsCount: limits.size,
        creditLimit: total,
        utilisation: ratio(sum([...owed.values()]), total),
        utilisationMean: mean(shares),
        utilisationMaximum: maximum(shares),
      };
    };
  },
});
