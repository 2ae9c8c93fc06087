import type { SnapshotTables } from '../../contracts/backend.js';
import { codesOf, numbersOf, textsOf, timesOf } from './columns.js';
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

/** Columns by which transactions are found. */
export const bookingColumns = ['user_id', 'booked_at'] as const;
/** Columns that tell income from spending. */
export const flowColumns = [...bookingColumns, 'amount', 'category', 'account_id'] as const;
/** Columns of accounts that tell credit cards from others. */
export const cardColumns = ['id', 'kind'] as const;

/** Transactions indexed by user and time. A column is read on first use, so that each view needs its own ones only. */
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

/** Calls `make` once, at the first use. */
function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null;
  return () => (made ??= { value: make() }).value;
}

/** Of each row the flow of its category; interest paid counts as a fee, interest received as income. */
function flowReader(tables: SnapshotTables): (row: number) => Flow {
  const { codes, words } = codesOf(tables.transactions, 'category');
  const amount = numbersOf(tables.transactions, 'amount');
  const byCode = words.map((word): Flow => flowOfCategory[word] ?? 'other');
  return (row) => {
    const flow = byCode[codes[row]!] ?? 'other';
    return flow === 'income' && amount[row]! < 0 ? 'fee' : flow;
  };
}

function cardReader(tables: SnapshotTables): (row: number) => boolean {
  const { codes, words } = codesOf(tables.transactions, 'account_id');
  const cards = cardAccounts(tables);
  const isCard = words.map((word) => cards.has(word));
  return (row) => isCard[codes[row]!] ?? false;
}

const cache = new WeakMap<SnapshotTables, TransactionIndex>();

function indexTransactions(tables: SnapshotTables): TransactionIndex {
  const table = tables.transactions;
  const amount = once(() => numbersOf(table, 'amount'));
  const balanceAfter = once(() => numbersOf(table, 'balance_after'));
  const disputedAt = once(() => timesOf(table, 'disputed_at'));
  const merchant = once(() => textsOf(table, 'merchant'));
  const category = once(() => textsOf(table, 'category'));
  const accountId = once(() => textsOf(table, 'account_id'));
  const [flow, onCard] = [once(() => flowReader(tables)), once(() => cardReader(tables))];
  return {
    ...indexEvents(table, 'user_id', 'booked_at'),
    get amount() {
      return amount();
    },
    get balanceAfter() {
      return balanceAfter();
    },
    get disputedAt() {
      return disputedAt();
    },
    get merchant() {
      return merchant();
    },
    get category() {
      return category();
    },
    get accountId() {
      return accountId();
    },
    flow: (row) => flow()(row),
    onCard: (row) => onCard()(row),
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
