import { firstDayOf, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import { type InstalmentPlan, type Payment } from '../../../learning/time-series/recurring-items/index.js';
import { committed, LOAN_CATEGORY } from '../data/vocabulary.js';

/** Payments to one payee in one category, in order of time. */
export interface Stream {
  readonly category: string;
  /** The payee's name as the bank writes it; null when it is not known. */
  readonly payee: string | null;
  readonly payments: Payment[];
}

/** Everything that is known of one customer's spending: months by category, and payee by payee where bills may hide. */
export interface History {
  /** Month of the first payment, see `learning/time-series/calendar/months.ts`; null before any. */
  first: number | null;
  /** Category → month by month from `first` on; as long as the last payment reaches. */
  readonly months: Map<string, number[]>;
  readonly streams: Map<string, Stream>;
  readonly loans: InstalmentPlan[];
  /** Month → money that came in from outside. */
  readonly income: Map<number, number>;
}

/** One row of money out, of money in, or of a loan's start. */
export interface Movement {
  readonly day: number;
  /** > 0 = out, < 0 = in. */
  readonly amount: number;
  readonly category: string;
  readonly payee: string | null;
  /** Monthly instalments of a loan; null for a payment. */
  readonly instalments: number | null;
}

export const emptyHistory = (): History => ({
  first: null,
  months: new Map(),
  streams: new Map(),
  loans: [],
  income: new Map(),
});

const streamKey = (category: string, payee: string | null): string => `${category}|${payee ?? ''}`;

function addToMonth(history: History, category: string, month: number, amount: number): void {
  const first = history.first!;
  let values = history.months.get(category);
  if (values === undefined) history.months.set(category, (values = []));
  while (values.length <= month - first) values.push(0);
  values[month - first]! += amount;
}

/** Moves the beginning back when an older payment turns up. */
function reach(history: History, month: number): void {
  if (history.first === null) history.first = month;
  if (month >= history.first) return;
  const earlier = history.first - month;
  for (const values of history.months.values()) values.unshift(...new Array<number>(earlier).fill(0));
  history.first = month;
}

function addPayment(history: History, { day, amount, category, payee }: Movement): void {
  const month = monthOfDay(day);
  reach(history, month);
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

/** Adds a row; the history changes in place. Rows come in any order. */
export function addMovement(history: History, row: Movement): void {
  if (row.amount < 0) addIncome(history, row);
  else if (row.instalments === null) addPayment(history, row);
  else history.loans.push({ from: row.day, instalment: row.amount, term: row.instalments });
}

/** Whole months between the first payment and `month`. */
export const monthsKnown = ({ first }: History, month: number): number =>
  first === null ? 0 : Math.max(0, month - first);

/** What was known before the first day of a month. Values are copied. */
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
 * What would be known of somebody who came in a month: nothing from before its first day, but the loans and what was
 * paid of them, which a lender knows; without it they would look unpaid.
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

/** A category's amount in each month from `first` to before `until`; zeros where nothing was paid. */
export function monthlyAmounts(history: History, category: string, until: number): Float64Array {
  const values = history.months.get(category) ?? [];
  return Float64Array.from({ length: monthsKnown(history, until) }, (_, i) => values[i] ?? 0);
}

/** Everything that was spent, month by month from `first` to before `until`. */
export function monthlyTotals(history: History, until: number): Float64Array {
  const totals = new Float64Array(monthsKnown(history, until));
  for (const values of history.months.values())
    for (let i = 0; i < Math.min(totals.length, values.length); i++) totals[i]! += values[i]!;
  return totals;
}

/** All spending of one month. */
export function totalIn({ first, months }: History, month: number, wanted: (category: string) => boolean): number {
  if (first === null) return 0;
  let sum = 0;
  for (const [category, values] of months) if (wanted(category)) sum += values[month - first] ?? 0;
  return sum;
}

/** Payees paid more often than this a month are shops, not bills. */
const MOST_A_MONTH = 1.6;

/**
 * Whether a stream is worth keeping where only bills matter: those of committed categories, and those that are paid
 * about once a month or less often, several times.
 */
export function mayHoldBills({ category, payments }: Stream): boolean {
  if (committed.has(category)) return true;
  if (payments.length < 3) return false;
  const [from, to] = [payments[0]!.day, payments.at(-1)!.day];
  return payments.length <= 1 + (MOST_A_MONTH * (to - from)) / 30;
}

/** Somebody whose first payment comes after so many days of the month joined in its middle. */
const LATEST_START = 8;

/** Leaves the first month out when it is known from its middle only; bills keep all their payments. */
export function trimStart(history: History): void {
  const { first } = history;
  if (first === null) return;
  let earliest = Infinity;
  for (const { payments } of history.streams.values())
    for (const { day } of payments) earliest = Math.min(earliest, day);
  if (earliest - firstDayOf(first) < LATEST_START) return;
  for (const values of history.months.values()) values.shift();
  history.first = first + 1;
}
