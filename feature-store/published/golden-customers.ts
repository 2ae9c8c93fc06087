import { type BackendTable, backendTables, type SnapshotTables } from '../../contracts/backend.js';
import type { ColumnSpec } from '../../contracts/dataset.js';
import type { Column, Table } from '../../contracts/table.js';
import { tableSpecs } from '../../datasets/sources/backend/tables.js';

/*
 * A small fixed set of customers for which the values of every published view are pinned. It must never change: another
 * row would change the pinned values of all views. New columns of a table get values without moving those of others,
 * because each value follows from table, column and row alone.
 */

const DAY_MS = 86_400_000;
/** 2026-06-15T12:00Z, from which dates are counted back. */
const NEWEST = Date.UTC(2026, 5, 15, 12);

/** Moments of the values: two within the history, one a minute after its newest row. */
export const GOLDEN_MOMENTS: readonly number[] = [NEWEST - 400 * DAY_MS, NEWEST - 45 * DAY_MS, NEWEST + 60_000];

/** The last one has no rows but its own in `users`. */
export const GOLDEN_CUSTOMERS: readonly string[] = ['g1', 'g2', 'g3', 'g4', 'g5', 'g6'];
const WITH_ROWS = GOLDEN_CUSTOMERS.length - 1;

const rowCounts: Partial<Record<BackendTable, number>> = {
  users: GOLDEN_CUSTOMERS.length,
  accounts: 2 * WITH_ROWS,
  transactions: 400,
  loans: 2 * WITH_ROWS,
  loan_payments: 120,
  credit_applications: 3 * WITH_ROWS,
  chat_messages: 10,
  entity_annotations: 10,
  prediction_feedback: 10,
};

/** FNV-1a over UTF-16 code units, mixed; a number in [0, 1). */
function uniform(seed: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < seed.length; i++) hash = Math.imul(hash ^ seed.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 2 ** 32;
}

const ownerOf = (row: number): string => GOLDEN_CUSTOMERS[row % WITH_ROWS]!;

const categories = ['groceries', 'rent', 'fees', 'transfer'];

/** Columns whose values make customers alike to real ones: monthly salaries, debits that repeat, two accounts each. */
const shaped: Readonly<Record<string, (row: number) => number | string | null>> = {
  'users.id': (row) => GOLDEN_CUSTOMERS[row]!,
  'users.created_at': (row) => NEWEST - (900 - 40 * row) * DAY_MS,
  'accounts.kind': (row) => (row < WITH_ROWS ? 'savings' : 'credit_card'),
  'accounts.credit_limit': (row) => (row < WITH_ROWS ? null : 20_000 + 10_000 * row),
  'accounts.opened_at': (row) => NEWEST - (860 - 20 * row) * DAY_MS,
  'transactions.account_id': (row) => `accounts-${(row % WITH_ROWS) + (row % 7 === 3 ? WITH_ROWS : 0)}`,
  'transactions.booked_at': (row) => NEWEST - Math.floor(row / WITH_ROWS) * 9 * DAY_MS - (row % 11) * 3_600_000,
  'transactions.amount': (row) =>
    row % 15 < WITH_ROWS ? 40_000 : row % 15 < 2 * WITH_ROWS ? -500 : -100 - 50 * (row % 23),
  'transactions.category': (row) => (row % 15 < WITH_ROWS ? 'salary' : categories[row % categories.length]!),
  'transactions.merchant': (row) =>
    row % 15 < WITH_ROWS ? null : row % 15 < 2 * WITH_ROWS ? 'subscription' : `merchant ${row % 6}`,
  'transactions.balance_after': (row) => 9_000 - 173 * (row % 71),
  'loans.disbursed_at': (row) => NEWEST - (700 - 55 * row) * DAY_MS,
  'loans.closed_at': (row) => (row % 3 === 0 ? NEWEST - (200 - 10 * row) * DAY_MS : null),
  'loans.defaulted_at': (row) => (row % 5 === 4 ? NEWEST - 100 * DAY_MS : null),
  'credit_applications.decision': (row) => (row % 4 === 3 ? 'declined' : 'approved'),
  'loan_payments.loan_id': (row) => `loans-${row % (2 * WITH_ROWS)}`,
  'loan_payments.due_at': (row) => NEWEST - Math.floor(row / 10) * 30 * DAY_MS,
  'loan_payments.paid_at': (row) => (row % 9 === 8 ? null : NEWEST - (Math.floor(row / 10) * 30 - (row % 6)) * DAY_MS),
};

/** A value without a shape of its own, within the column's bounds. */
function plainValue(table: BackendTable, { name, type, categories, nullable, minimum = 0, maximum }: ColumnSpec) {
  return (row: number): number | string | null => {
    const drawn = uniform(`${table}.${name}.${row}`);
    if (nullable === true && drawn > 0.7) return null;
    if (name === 'id') return `${table}-${row}`;
    if (name === 'user_id') return ownerOf(row);
    if (type === 'timestamp') return NEWEST - Math.floor(drawn * 800) * DAY_MS;
    if (type === 'category') return categories![Math.floor(drawn * categories!.length)]!;
    if (type === 'text') return `${name} ${row % 5}`;
    if (type === 'flag') return drawn < 0.35 ? 1 : 0;
    const top = Math.min(maximum ?? 50_000, 50_000);
    const value = Math.max(minimum, -top) + drawn * (top - Math.max(minimum, -top));
    return type === 'integer' ? Math.floor(value) : Math.round(value * 100) / 100;
  };
}

function columnOf(table: BackendTable, spec: ColumnSpec, rowCount: number): Column {
  const valueOf = shaped[`${table}.${spec.name}`] ?? plainValue(table, spec);
  const values = Array.from({ length: rowCount }, (_, row) => valueOf(row));
  if (spec.type === 'text' || spec.type === 'category') return { kind: 'text', values: values as (string | null)[] };
  const numbers = Float64Array.from(values, (value) => (value === null ? Number.NaN : (value as number)));
  return { kind: spec.type === 'timestamp' ? 'timestamp' : 'number', values: numbers };
}

function goldenTable(name: BackendTable): Table {
  const rowCount = rowCounts[name] ?? 0;
  const columns = tableSpecs[name].columns.map((spec): [string, Column] => [spec.name, columnOf(name, spec, rowCount)]);
  return { rowCount, columns: Object.fromEntries(columns) };
}

/** Every table of the backend with the rows of the golden customers. */
export const goldenTables = (): SnapshotTables =>
  Object.fromEntries(backendTables.map((name) => [name, goldenTable(name)]));
