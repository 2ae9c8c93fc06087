import { errorAt } from '../../../contracts/errors.js';
import type { Table } from '../../../contracts/table.js';
import { firstDayOf, localDay, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import { numberColumn, textColumn, timestampColumn } from '../../../learning/table.js';
import { columnNames } from './columns.js';
import { type History, historyOf, type Movement } from '../forecast/history.js';
import { internalCategories, UNKNOWN_CATEGORY } from './vocabulary.js';

/** All customers' histories, and the days that the table covers. */
export interface SpendingTable {
  readonly customers: ReadonlyMap<string, History>;
  /** First day with a row. */
  readonly from: number;
  /** First day after the last row. */
  readonly until: number;
}

/** A month is complete when the data reach into its last days, this many. */
const LAST_DAYS = 2;

/** The first month that is not known completely. @param until - first day after the data. */
export function firstIncompleteMonth(until: number): number {
  const month = monthOfDay(until - 1);
  return firstDayOf(month + 1) - until < LAST_DAYS ? month + 1 : month;
}

interface Columns {
  readonly customers: readonly (string | null)[];
  readonly times: Float64Array;
  /** Null in data sets from before clocks were kept: their days are those of UTC. */
  readonly clocks: Float64Array | null;
  readonly amounts: Float64Array;
  readonly categories: readonly (string | null)[];
  readonly merchants: readonly (string | null)[];
  readonly instalments: Float64Array;
}

/** @throws PipelineError `MISSING_COLUMN`. */
function columnsOf(table: Table): Columns {
  return {
    customers: textColumn(table, columnNames.customer),
    times: timestampColumn(table, columnNames.time),
    clocks: Object.hasOwn(table.columns, columnNames.clock) ? numberColumn(table, columnNames.clock) : null,
    amounts: numberColumn(table, columnNames.amount),
    categories: textColumn(table, columnNames.category),
    merchants: textColumn(table, columnNames.merchant),
    instalments: numberColumn(table, columnNames.instalments),
  };
}

function requireNumber(value: number, row: number, column: string): void {
  if (Number.isFinite(value)) return;
  throw errorAt('NOT_FINITE', { row: row + 1, column }, 'the number is not finite');
}

/** A row as payment, income or loan; null for moves between the customer's own accounts. */
function movementAt(columns: Columns, row: number): Movement | null {
  const [amount, instalments] = [columns.amounts[row]!, columns.instalments[row]!];
  requireNumber(amount, row, columnNames.amount);
  if (!Number.isNaN(instalments)) requireNumber(instalments, row, columnNames.instalments);
  requireNumber(columns.times[row]!, row, columnNames.time);
  const category = columns.categories[row] ?? UNKNOWN_CATEGORY;
  if (amount === 0 || internalCategories.has(category)) return null;
  // The instalment of a loan is negative; a positive one is ignored.
  if (amount > 0 && !Number.isNaN(instalments)) return null;
  return {
    day: localDay(columns.times[row]!, columns.clocks?.[row] ?? 0),
    amount: -amount,
    category,
    payee: columns.merchants[row] || null,
    instalments: Number.isNaN(instalments) ? null : instalments,
  };
}

/**
 * Payments, income and loans of a table in the order of its rows.
 * @param before - milliseconds; only rows strictly before are read. @default all
 * @throws PipelineError `MISSING_COLUMN`, `NOT_FINITE`.
 */
function* movementRows(
  table: Table,
  before = Infinity,
): Generator<{ readonly customer: string; readonly row: Movement }> {
  const columns = columnsOf(table);
  for (let i = 0; i < table.rowCount; i++) {
    if (columns.times[i]! >= before) continue;
    const row = movementAt(columns, i);
    if (row !== null) yield { customer: columns.customers[i] ?? '', row };
  }
}

/** Each customer's movements in the order of the rows, sorted by customer. */
export type CustomerMovements = ReadonlyMap<string, readonly Movement[]>;

/**
 * The movements of a table by customer.
 * @param before - milliseconds; only rows strictly before are read. @default all
 * @throws PipelineError `MISSING_COLUMN`, `NOT_FINITE`.
 */
export function readMovements(table: Table, before?: number): CustomerMovements {
  const customers = new Map<string, Movement[]>();
  for (const { customer, row } of movementRows(table, before)) {
    const own = customers.get(customer);
    if (own) own.push(row);
    else customers.set(customer, [row]);
  }
  return new Map([...customers].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Each customer's history, sorted by customer. The known days are those of all rows together: the export of a bank ends
 * on the same day for all customers.
 * @throws PipelineError `MISSING_COLUMN`, `NOT_FINITE`.
 */
export function readSpending(table: Table): SpendingTable {
  const movements = readMovements(table);
  let [from, until] = [Infinity, -Infinity];
  for (const own of movements.values())
    for (const { day } of own) {
      from = Math.min(from, day);
      until = Math.max(until, day + 1);
    }
  const customers = [...movements].map(([customer, own]) => [customer, historyOf(own)] as const);
  return { customers: new Map(customers), from, until };
}
