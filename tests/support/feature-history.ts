import fc from 'fast-check';
import type { SnapshotTables } from '../../contracts/backend.js';
import type { Column, Table } from '../../contracts/table.js';

/** One row; numbers named `*_at` are times. */
export type FixtureRow = Readonly<Record<string, string | number | null>>;
export type History = Readonly<
  Record<
    'users' | 'accounts' | 'transactions' | 'loans' | 'loan_payments' | 'credit_applications',
    readonly FixtureRow[]
  >
>;

const columnOf = (name: string, isText: boolean, rows: readonly FixtureRow[]): Column => {
  if (isText) return { kind: 'text', values: rows.map((row) => row[name] as string | null) };
  const values = Float64Array.from(rows, (row) => (row[name] as number | null) ?? Number.NaN);
  return { kind: name.endsWith('_at') ? 'timestamp' : 'number', values };
};

const texts = ['id', 'user_id', 'account_id', 'loan_id', 'kind', 'merchant', 'category', 'decision'];
const columns: Readonly<Record<keyof History, readonly string[]>> = {
  users: ['id', 'created_at'],
  accounts: ['id', 'user_id', 'kind', 'credit_limit', 'opened_at'],
  transactions: [
    'id',
    'account_id',
    'user_id',
    'booked_at',
    'amount',
    'merchant',
    'category',
    'balance_after',
    'disputed_at',
  ],
  loans: [
    'id',
    'user_id',
    'principal',
    'annual_rate',
    'term_months',
    'emi',
    'disbursed_at',
    'collateral_value',
    'closed_at',
    'defaulted_at',
  ],
  loan_payments: ['id', 'loan_id', 'user_id', 'due_at', 'amount_due', 'paid_at'],
  credit_applications: ['id', 'user_id', 'applied_at', 'decision', 'decided_at'],
};

const toTable = (names: readonly string[], rows: readonly FixtureRow[]): Table => ({
  rowCount: rows.length,
  columns: Object.fromEntries(names.map((name) => [name, columnOf(name, texts.includes(name), rows)])),
});

/** Converts a history into the tables that feature views read. */
export const tablesOf = (history: History): SnapshotTables =>
  Object.fromEntries(
    Object.entries(columns).map(([name, names]) => [name, toTable(names, history[name as keyof History])]),
  );

const DAY = 24 * 3600 * 1000;
/** The reference moment of the tests; histories reach two years before and after it. */
export const NOW = Date.UTC(2026, 0, 1);
/** A grid of 24 days, so that events coincide with the moments and with each other. */
export const gridMoments = (days: number): fc.Arbitrary<number> =>
  fc.integer({ min: -Math.floor(days / 24), max: Math.floor(days / 24) }).map((step) => NOW + step * 24 * DAY);
const when = gridMoments(730);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 3 });
const user = fc.constantFrom('u1', 'u2');
const money = fc.integer({ min: 1, max: 100_000 });
const id = fc.uuid();

const rowOf: { readonly [T in keyof History]: fc.Arbitrary<FixtureRow> } = {
  users: fc.record({ id: user, created_at: when }),
  accounts: fc.record({
    id,
    user_id: user,
    kind: fc.constantFrom('savings', 'credit_card'),
    credit_limit: maybe(money),
    opened_at: when,
  }),
  transactions: fc.record({
    id,
    account_id: fc.constantFrom('a1', 'a2', 'card'),
    user_id: user,
    booked_at: when,
    amount: fc.integer({ min: -50_000, max: 50_000 }),
    merchant: maybe(fc.constantFrom('m1', 'm2')),
    category: fc.constantFrom('salary', 'groceries', 'dining', 'emi', 'fees', 'cash', 'transfer', 'interest', 'other'),
    balance_after: maybe(fc.integer({ min: -20_000, max: 100_000 })),
    disputed_at: maybe(when),
  }),
  loans: fc.record({
    id: fc.constantFrom('l1', 'l2', 'l3'),
    user_id: user,
    principal: money,
    annual_rate: maybe(fc.double({ min: 0, max: 0.5, noNaN: true })),
    term_months: fc.integer({ min: 1, max: 60 }),
    emi: money,
    disbursed_at: when,
    collateral_value: maybe(money),
    closed_at: maybe(when),
    defaulted_at: maybe(when),
  }),
  loan_payments: fc.record({
    id,
    loan_id: fc.constantFrom('l1', 'l2', 'l3'),
    user_id: user,
    due_at: when,
    amount_due: money,
    paid_at: maybe(when),
  }),
  credit_applications: fc.record({
    id,
    user_id: user,
    applied_at: when,
    decision: fc.constantFrom('approved', 'declined'),
    decided_at: maybe(when),
  }),
};

/** Two users' random histories around `NOW`; the account of the cards always exists. */
export const histories: fc.Arbitrary<History> = fc.record({
  users: fc.uniqueArray(rowOf.users, { selector: (row) => row.id, maxLength: 2 }),
  accounts: fc
    .array(rowOf.accounts, { maxLength: 4 })
    .map((rows) => [
      { id: 'card', user_id: 'u1', kind: 'credit_card', credit_limit: 50_000, opened_at: NOW - 700 * DAY },
      ...rows,
    ]),
  transactions: fc.array(rowOf.transactions, { maxLength: 40 }),
  loans: fc.array(rowOf.loans, { maxLength: 4 }),
  loan_payments: fc.array(rowOf.loan_payments, { maxLength: 12 }),
  credit_applications: fc.array(rowOf.credit_applications, { maxLength: 4 }),
});

/** When each row became known; a row at or after a moment is unknown at that moment. */
export const eventTimes: Readonly<Record<keyof History, string>> = {
  users: 'created_at',
  accounts: 'opened_at',
  transactions: 'booked_at',
  loans: 'disbursed_at',
  loan_payments: 'due_at',
  credit_applications: 'applied_at',
};
/** Dates written into a row after its event. */
const lateDates = ['paid_at', 'closed_at', 'defaulted_at', 'disputed_at', 'decided_at'];

/** An application is extracted once it is decided. */
const undecided = (row: FixtureRow, asOf: number): boolean =>
  typeof row.decided_at === 'number' && row.decided_at >= asOf;

/** The history as known strictly before a moment: later rows are removed, later dates are null. */
export function knownAt(history: History, asOf: number): History {
  const cut = Object.entries(history).map(([name, rows]) => {
    const known = rows.filter(
      (row) => (row[eventTimes[name as keyof History]] as number) < asOf && !undecided(row, asOf),
    );
    const past = (date: string | number | null | undefined): boolean => typeof date === 'number' && date < asOf;
    const forget = ([column, value]: [string, string | number | null]): [string, string | number | null] => [
      column,
      lateDates.includes(column) && !past(value) ? null : value,
    ];
    return [name, known.map((row) => Object.fromEntries(Object.entries(row).map(forget)))];
  });
  return Object.fromEntries(cut) as History;
}
