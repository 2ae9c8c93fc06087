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
import { LOAN_CATEGORY, usualPeriods } from '../data/vocabulary.js';

/** A bill that was recognised, with what is expected of it. */
export interface Bill {
  readonly category: string;
  readonly payee: string | null;
  /** Null for a loan's instalment. */
  readonly item: RecurringItem | null;
  readonly period: number;
  readonly expected: readonly ExpectedPayment[];
}

/** A history divided at the first day of a month into what is owed and what is bought freely. */
export interface DividedHistory {
  readonly bills: readonly Bill[];
  /** Category → amounts without bills, month by month from the history's first. */
  readonly free: ReadonlyMap<string, Float64Array>;
}

export interface Span {
  readonly from: number;
  readonly count: number;
}

function takeOut(free: Map<string, Float64Array>, history: History, category: string, paid: readonly Payment[]): void {
  const values = free.get(category);
  if (values === undefined || history.first === null) return;
  for (const { day, amount } of paid) {
    const at = monthOfDay(day) - history.first;
    if (at < values.length) values[at] = Math.max(0, values[at]! - amount);
  }
}

function billsOf(stream: Stream, span: Span): { readonly bills: Bill[]; readonly paid: Payment[] } {
  const { category, payee } = stream;
  const hint = usualPeriods[category] ?? null;
  const found = findItems(stream.payments, { asOf: firstDayOf(span.from), hint });
  const bills = found.map(({ item }) => {
    const expected = expectPayments(item, span);
    return { category, payee, item, period: item.period, expected };
  });
  return { bills, paid: found.flatMap(({ payments }) => payments) };
}

function loanBills({ loans, streams }: History, span: Span): Bill[] {
  const paid = [...streams.values()].flatMap(({ category, payments }) => (category === LOAN_CATEGORY ? payments : []));
  return loans
    .map((plan): Bill => {
      const standing = standingOfPlan(plan, paid, firstDayOf(span.from));
      const expected = expectInstalments(plan, standing, span);
      return { category: LOAN_CATEGORY, payee: null, item: null, period: 1, expected };
    })
    .filter(({ expected }) => expected.length > 0);
}

/**
 * Recognises bills in what was known before the span's first day and takes their payments out of the categories.
 * Instalments follow the loans' schedules where loans are known, else what recurs in the statement.
 */
export function divideHistory(history: History, span: Span): DividedHistory {
  const free = new Map(
    [...history.months.keys()].sort().map((category) => [category, monthlyAmounts(history, category, span.from)]),
  );
  const known = history.loans.length > 0;
  const bills: Bill[] = known ? loanBills(history, span) : [];
  if (known) free.delete(LOAN_CATEGORY);
  for (const stream of history.streams.values()) {
    if (known && stream.category === LOAN_CATEGORY) continue;
    const found = billsOf(stream, span);
    if (found.bills.length === 0) continue;
    bills.push(...found.bills);
    takeOut(free, history, stream.category, found.paid);
  }
  return { bills, free };
}

/** Sum of the bills by category in each month of a span. */
export function billsByCategory(bills: readonly Bill[], { from, count }: Span): Map<string, Float64Array> {
  const sums = new Map<string, Float64Array>();
  for (const { category, expected } of bills) {
    let values = sums.get(category);
    if (values === undefined) sums.set(category, (values = new Float64Array(count)));
    for (const { month, amount } of expected) values[month - from]! += amount;
  }
  return sums;
}
