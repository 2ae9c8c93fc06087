import type { SnapshotTables } from '../../contracts/backend.js';
import { numbersOf, textsOf, timesOf } from './columns.js';
import { type EventIndex, indexEvents } from './event-index.js';

/** Purposes of a transaction; `internal` transfers are neither income nor spending. */
export const flows = ['income', 'essential', 'discretionary', 'debt', 'fee', 'cash', 'internal', 'other'] as const;
/** One of `flows`. */
export type Flow = (typeof flows)[number];

const flowOfCategory: Readonly<Record<string, Flow>> = {
  salary: 'income',
  pension: 'income',
  income_other: 'income',
  interest: 'income',
  rent: 'essential',
  groceries: 'essential',
  fuel: 'essential',
  transport: 'essential',
  utilities: 'essential',
  telecom: 'essential',
  health: 'essential',
  education: 'essential',
  insurance: 'essential',
  household: 'essential',
  dining: 'discretionary',
  shopping: 'discretionary',
  entertainment: 'discretionary',
  travel: 'discretionary',
  emi: 'debt',
  fees: 'fee',
  cash: 'cash',
  transfer: 'internal',
  investment: 'internal',
};

/** Transactions indexed by user and time, with the columns that the feature groups read. */
export interface TransactionIndex extends EventIndex {
  readonly amount: Float64Array;
  readonly balanceAfter: Float64Array;
  readonly disputedAt: Float64Array;
  readonly merchant: readonly (string | null)[];
  readonly category: readonly (string | null)[];
  readonly accountId: readonly (string | null)[];
  flow(row: number): Flow;
  /** True for a row of a credit card account, where purchases are spending and the balance is debt. */
  onCard(row: number): boolean;
}

function cardAccounts(tables: SnapshotTables): Set<string> {
  const ids = textsOf(tables.accounts, 'id');
  const kinds = textsOf(tables.accounts, 'kind');
  return new Set(ids.filter((id, row): id is string => id !== null && kinds[row] === 'credit_card'));
}

const cache = new WeakMap<SnapshotTables, TransactionIndex>();

function indexTransactions(tables: SnapshotTables): TransactionIndex {
  const table = tables.transactions;
  const cards = cardAccounts(tables);
  const category = textsOf(table, 'category');
  const accountId = textsOf(table, 'account_id');
  const amount = numbersOf(table, 'amount');
  return {
    ...indexEvents(table, 'user_id', 'booked_at'),
    amount,
    balanceAfter: numbersOf(table, 'balance_after'),
    disputedAt: timesOf(table, 'disputed_at'),
    merchant: textsOf(table, 'merchant'),
    category,
    accountId,
    // Interest paid counts as a fee, interest received as income.
    flow: (row) => {
      const flow = flowOfCategory[category[row] ?? ''] ?? 'other';
      return flow === 'income' && amount[row]! < 0 ? 'fee' : flow;
    },
    onCard: (row) => cards.has(accountId[row] ?? ''),
  };
}

/** The index of these tables, built once and shared by all groups and views. @throws PipelineError `MISSING_COLUMN`. */
export function transactionsOf(tables: SnapshotTables): TransactionIndex {
  const known = cache.get(tables);
  if (known !== undefined) return known;
  const index = indexTransactions(tables);
  cache.set(tables, index);
  return index;
}
