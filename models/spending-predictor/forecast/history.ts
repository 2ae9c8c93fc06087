import { firstDayOf, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import { type InstalmentPlan, type Payment } from '../../../learning/time-series/recurring-items/index.js';
import { LOAN_CATEGORY } from '../data/vocabulary.js';
import { compareMovements, type Movement } from './movement.js';
import { netRefunds } from './refunds.js';

export { compareMovements, type Movement } from './movement.js';

/** Payments to one payee in one category, oldest first. */
export interface Stream {
  readonly category: string;
  /** The payee's name in the bank's spelling; null when unknown. */
  readonly payee: string | null;
  readonly payments: Payment[];
}

/** One customer's known spending: monthly amounts by category, and payments by payee for the recognition of bills. */
export interface History {
  /** Month of the first payment (numbered as in `learning/time-series/calendar/months.ts`); null without payments. */
  first: number | null;
  /** Category → monthly amounts from `first` to the category's last payment. */
  readonly months: Map<string, number[]>;
  readonly streams: Map<string, Stream>;
  readonly loans: InstalmentPlan[];
  /** Month → income. */
  readonly income: Map<number, number>;
}

export const emptyHistory = (): History => ({
  first: null,
  months: new Map(),
  streams: new Map(),
  loans: [],
  income: new Map(),
});

/** Key of a payee's stream in a category; no name has a line feed. */
const streamKey = (category: string, payee: string | null): string => `${category}\n${payee ?? ''}`;

function addToMonth(history: History, category: string, month: number, amount: number): void {
  const first = history.first!;
  let values = history.months.get(category);
  if (values === undefined) history.months.set(category, (values = []));
  while (values.length <= month - first) values.push(0);
  values[month - first]! += amount;
}

/** Extends the history back to a month. */
function extendBack(history: History, month: number): void {
  if (history.first === null) history.first = month;
  if (month >= history.first) return;
  const earlier = history.first - month;
  for (const values of history.months.values()) values.unshift(...new Array<number>(earlier).fill(0));
  history.first = month;
}

function addPayment(history: History, { day, amount, category, payee }: Movement): void {
  const month = monthOfDay(day);
  extendBack(history, month);
  addToMonth(history, category, month, amount);
  const key = streamKey(category, payee);
  let stream = history.streams.get(key);
  if (stream === undefined) history.streams.set(key, (stream = { category, payee, payments: [] }));
  stream.payments.push({ day, amount });
}

function addIncome({ income }: History, { day, amount }: Movement): void {
  const month = monthOfDay(day);
  income.set(month, (income.get(month) ?? 0) - amount);
}

/**
 * The history of a customer's movements, net of refunds. Sums are added up in one order, so that the same movements give the same history
 * bit for bit, whether they come from a table, a state, or a state and a request.
 * @param movements - in any order.
 */
export function historyOf(movements: Iterable<Movement>): History {
  const history = emptyHistory();
  for (const row of netRefunds(movements).sort(compareMovements)) addMovement(history, row);
  dropPartialFirstMonth(history);
  return history;
}

/** Adds a row to the history in place. Rows may be added in any order. */
export function addMovement(history: History, row: Movement): void {
  if (row.amount < 0) addIncome(history, row);
  else if (row.instalments === null) addPayment(history, row);
  else history.loans.push({ from: row.day, instalment: row.amount, term: row.instalments });
}

/** Number of months from the first payment's to the one before `month`. */
export const monthsKnown = ({ first }: History, month: number): number =>
  first === null ? 0 : Math.max(0, month - first);

/** The history before the first day of a month. Values are copied. */
export function historyBefore(history: History, month: number): History {
  const { first } = history;
  const day = firstDayOf(month);
  const loans = history.loans.filter(({ from }) => from < day);
  const income = new Map([...history.income].filter(([at]) => at < month));
  if (first === null || first >= month) return { ...emptyHistory(), loans, income };
  const months = [...history.months].map(([category, values]) => [category, values.slice(0, month - first)] as const);
  const streams = [...history.streams].flatMap(([key, stream]) => {
    const payments = stream.payments.filter((payment) => payment.day < day);
    return payments.length === 0 ? [] : [[key, { ...stream, payments }] as const];
  });
  return { first, months: new Map(months), streams: new Map(streams), loans, income };
}

/**
 * The history from the first day of a month on, as for a new customer. Loans and their instalments are kept in full: the
 * lender knows them, and without the earlier instalments the loans would look unpaid.
 */
export function historySince(history: History, month: number): History {
  const first = history.first ?? month;
  const day = firstDayOf(month);
  const months = [...history.months].map(([category, values]) => [category, values.slice(month - first)] as const);
  const streams = [...history.streams].flatMap(([key, stream]) => {
    const whole = stream.category === LOAN_CATEGORY && history.loans.length > 0;
    const payments = stream.payments.filter((payment) => whole || payment.day >= day);
    return payments.length === 0 ? [] : [[key, { ...stream, payments }] as const];
  });
  const income = new Map([...history.income].filter(([at]) => at >= month));
  return { ...history, first: month, months: new Map(months), streams: new Map(streams), income };
}

/**
 * A category's amount in each month from `first` to before `until`; zeros where nothing was paid.
 * @param count - of the last of these months only. @default all
 */
export function monthlyAmounts(
  history: History,
  category: string,
  until: number,
  count = monthsKnown(history, until),
): Float64Array {
  const values = history.months.get(category) ?? [];
  const from = monthsKnown(history, until) - count;
  const amounts = new Float64Array(count);
  for (let i = 0; i < count; i++) amounts[i] = values[from + i] ?? 0;
  return amounts;
}

/** Total spending in each month from `first` to before `until`. */
export function monthlyTotals(history: History, until: number): Float64Array {
  const totals = new Float64Array(monthsKnown(history, until));
  for (const values of history.months.values())
    for (let i = 0; i < Math.min(totals.length, values.length); i++) totals[i]! += values[i]!;
  return totals;
}

/** Spending of one month in the categories for which `wanted` is true. */
export function totalIn({ first, months }: History, month: number, wanted: (category: string) => boolean): number {
  if (first === null) return 0;
  let total = 0;
  for (const [category, values] of months) if (wanted(category)) total += values[month - first] ?? 0;
  return total;
}

/** A first payment this many days into its month or later means that the month is not known completely. */
const LATEST_START = 8;

/** Removes the first month's amounts when that month is not known completely. Streams keep all payments. */
function dropPartialFirstMonth(history: History): void {
  const { first } = history;
  if (first === null) return;
  let earliest = Infinity;
  for (const { payments } of history.streams.values())
    for (const { day } of payments) earliest = Math.min(earliest, day);
  if (earliest - firstDayOf(first) < LATEST_START) return;
  for (const values of history.months.values()) values.shift();
  history.first = first + 1;
}
