import { firstDayOf, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import {
  expectInstalments,
  expectPayments,
  type ExpectedPayment,
  findItems,
  type Payment,
  type RecurringItem,
  standingOfPlan,
} from '../../../learning/time-series/recurring-items/index.js';
import { type History, monthlyAmounts, type Stream } from './history.js';
import { LOAN_CATEGORY, typicalPeriods } from '../data/vocabulary.js';

/** A recognised bill with its expected payments. */
export interface Bill {
  readonly category: string;
  readonly payee: string | null;
  /** Null for a loan's instalment. */
  readonly item: RecurringItem | null;
  /** Months between payments. */
  readonly period: number;
  /** Present amount of one payment. */
  readonly price: number;
  readonly expected: readonly ExpectedPayment[];
}

/** Bills and free spending of a history before a month. */
export interface DividedHistory {
  readonly bills: readonly Bill[];
  /** Category → monthly amounts without bills, from the first month of the history on. */
  readonly free: ReadonlyMap<string, Float64Array>;
}

/** Months that are forecast. */
export interface Span {
  readonly from: number;
  readonly count: number;
}

/** Subtracts payments from the monthly amounts of their category. */
function subtractPayments(
  free: Map<string, Float64Array>,
  history: History,
  category: string,
  paid: readonly Payment[],
): void {
  const values = free.get(category);
  if (values === undefined || history.first === null) return;
  for (const { day, amount } of paid) {
    const at = monthOfDay(day) - history.first;
    if (at < values.length) values[at] = Math.max(0, values[at]! - amount);
  }
}

/** Bills in a stream, and their payments. */
function recogniseBills(
  stream: Stream,
  span: Span,
  usualGrowth: number,
): { readonly bills: Bill[]; readonly paid: Payment[] } {
  const { category, payee } = stream;
  const hint = typicalPeriods[category] ?? null;
  const found = findItems(stream.payments, { asOf: firstDayOf(span.from), hint, usualGrowth });
  const bills = found.map(({ item }) => {
    const expected = expectPayments(item, span);
    return { category, payee, item, period: item.period, price: item.price.amount, expected };
  });
  return { bills, paid: found.flatMap(({ payments }) => payments) };
}

/** Remaining instalments of the known loans. */
function loanBills({ loans, streams }: History, span: Span): Bill[] {
  const paid = [...streams.values()].flatMap(({ category, payments }) => (category === LOAN_CATEGORY ? payments : []));
  return loans
    .map((plan): Bill => {
      const standing = standingOfPlan(plan, paid, firstDayOf(span.from));
      const expected = expectInstalments(plan, standing, span);
      return { category: LOAN_CATEGORY, payee: null, item: null, period: 1, price: plan.instalment, expected };
    })
    .filter(({ expected }) => expected.length > 0);
}

/**
 * Recognises bills in the history before the span and subtracts their payments from the categories. Instalments follow
 * the schedules of the known loans; without known loans they are recognised like other bills.
 * @param usualGrowth - log growth of spending in a year, which premiums follow before they show a growth of their own.
 */
export function divideHistory(history: History, span: Span, usualGrowth = 0): DividedHistory {
  const free = new Map(
    [...history.months.keys()].sort().map((category) => [category, monthlyAmounts(history, category, span.from)]),
  );
  const known = history.loans.length > 0;
  const bills: Bill[] = known ? loanBills(history, span) : [];
  if (known) free.delete(LOAN_CATEGORY);
  for (const stream of history.streams.values()) {
    if (known && stream.category === LOAN_CATEGORY) continue;
    const found = recogniseBills(stream, span, usualGrowth);
    if (found.bills.length === 0) continue;
    bills.push(...found.bills);
    subtractPayments(free, history, stream.category, found.paid);
  }
  return { bills, free };
}

/** Category → (months,) sum of the expected bills. */
export function billsByCategory(bills: readonly Bill[], { from, count }: Span): Map<string, Float64Array> {
  const sums = new Map<string, Float64Array>();
  for (const { category, expected } of bills) {
    let values = sums.get(category);
    if (values === undefined) sums.set(category, (values = new Float64Array(count)));
    for (const { month, amount } of expected) values[month - from]! += amount;
  }
  return sums;
}
