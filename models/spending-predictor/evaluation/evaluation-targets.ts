import type { TrainingData } from '../../../contracts/dataset.js';
import type { Column, Table } from '../../../contracts/table.js';
import {
  daysInMonth,
  firstDayOf,
  isoDate,
  isoMonth,
  monthOfDay,
} from '../../../learning/time-series/calendar/index.js';
import { type CustomerMovements, firstIncompleteMonth, readMovements } from '../data/read-table.js';
import { stateOf } from '../data/spending-history.js';
import type { SpendingRequest } from '../prediction/request.js';
import { committedCategories } from '../data/vocabulary.js';
import { compareMovements, type Movement } from '../forecast/movement.js';
import { netRefunds } from '../forecast/refunds.js';
import { requireAtLeast } from '../../../learning/checks.js';

/** Target of the total spending of a month. */
export const TOTAL_TARGET = 'total';
/** Target of the spending in categories that are not committed. */
export const DISCRETIONARY_TARGET = 'discretionary';
/** Target of the total spending of a week; its horizon counts the weeks of the month. */
export const WEEK_TARGET = 'week';
/** Longest evaluated horizon in months. */
export const MOST_HORIZON = 12;
/** Evaluated weeks of each month. */
export const WEEKS = 4;

/** One amount that is forecast and evaluated. */
export interface EvaluationTarget {
  readonly customer: string;
  /** Month of the amount, numbered as in `learning/time-series/calendar/months.ts`. */
  readonly month: number;
  /** Month on whose first day the forecast is made. */
  readonly origin: number;
  readonly target: string;
  readonly horizon: number;
  readonly actual: number;
}

/** Customers with spending in a part of the holdout, and its complete months `from` … `until − 1`. */
export interface Holdout {
  /** Movements of each, those before the part among them, in the order of `compareMovements`. */
  readonly customers: CustomerMovements;
  readonly from: number;
  readonly until: number;
  readonly categories: readonly string[];
}

/** First and last day of movements. */
function daysOf(customers: CustomerMovements): { readonly first: number; readonly last: number } {
  let [first, last] = [Infinity, -Infinity];
  for (const own of customers.values())
    for (const { day } of own) {
      first = Math.min(first, day);
      last = Math.max(last, day);
    }
  return { first, last };
}

/** Number of movements in a month. */
const countIn = (customers: CustomerMovements, month: number): number => {
  const [first, next] = [firstDayOf(month), firstDayOf(month + 1)];
  let count = 0;
  for (const own of customers.values()) for (const { day } of own) count += Number(day >= first && day < next);
  return count;
};

/**
 * The months whose rows are all in the part: a month that the part cuts is not evaluated, because a part of it is known.
 * @param all - of the same customers, past included; the part's own without a history.
 * @param end - first day after the data.
 */
function completeMonths(part: CustomerMovements, all: CustomerMovements, end: number): readonly [number, number] {
  const { first, last } = daysOf(part);
  const [start, final] = [monthOfDay(first), monthOfDay(last)];
  const isWhole = (month: number): boolean => countIn(all, month) === countIn(part, month);
  // Without a history the rows before the cut cannot be seen to be absent.
  const starts = all === part ? first === firstDayOf(start) : isWhole(start);
  return [starts ? start : start + 1, isWhole(final) ? Math.min(final + 1, firstIncompleteMonth(end)) : final];
}

const isPayment = ({ amount, instalments }: Movement): boolean => amount > 0 && instalments === null;

/**
 * Reads a part of the holdout and its customers' past.
 * @throws PipelineError `TOO_FEW_ROWS` without a complete month; `MISSING_COLUMN`, `NOT_FINITE`.
 */
export function readHoldout({ table, history }: TrainingData): Holdout {
  const part = new Map([...readMovements(table)].filter(([, own]) => own.some(({ amount }) => amount > 0)));
  requireAtLeast('customers with spending in the holdout', part.size, 1);
  const whole = history === undefined ? part : readMovements(history);
  const all = history === undefined ? part : new Map([...part.keys()].map((name) => [name, whole.get(name) ?? []]));
  const [from, until] = completeMonths(part, all, daysOf(whole).last + 1);
  requireAtLeast('complete months in the holdout', Math.max(0, until - from), 1);
  const categories = new Set(
    [...part.values()].flatMap((own) => own.filter(isPayment).map(({ category }) => category)),
  );
  const customers = new Map([...all].map(([name, own]) => [name, [...own].sort(compareMovements)]));
  return { customers, from, until, categories: [...categories].sort() };
}

/** Actual amount by target and month, net of refunds. */
function actualAmounts(rows: readonly Movement[]): (target: string, month: number) => number {
  const sums = new Map<string, number>();
  const add = (target: string, month: number, amount: number): void => {
    sums.set(`${target} ${month}`, (sums.get(`${target} ${month}`) ?? 0) + amount);
  };
  for (const { day, amount, category, instalments } of netRefunds(rows)) {
    if (instalments !== null || amount < 0) continue;
    const month = monthOfDay(day);
    add(TOTAL_TARGET, month, amount);
    if (!committedCategories.has(category)) add(DISCRETIONARY_TARGET, month, amount);
    add(categoryTarget(category), month, amount);
    add(`${WEEK_TARGET} ${Math.floor((day - firstDayOf(month)) / 7)}`, month, amount);
  }
  return (target, month) => sums.get(`${target} ${month}`) ?? 0;
}

/** Target of one category. */
export const categoryTarget = (category: string): string => `category ${category}`;

/** The first evaluated month of a customer; for new customers the month after their first. */
function startOf(rows: readonly Movement[], from: number): number {
  const day = rows.reduce((least, row) => (row.amount > 0 ? Math.min(least, row.day) : least), Infinity);
  const first = monthOfDay(day);
  return first < from || day < firstDayOf(from) + 31 ? from : first + 1;
}

/** All targets of one customer, in the order of scored tables. */
export function customerTargets(
  customer: string,
  rows: readonly Movement[],
  { from, until, categories }: Holdout,
): EvaluationTarget[] {
  const actual = actualAmounts(rows);
  const start = startOf(rows, from);
  const targets: EvaluationTarget[] = [];
  const names = [TOTAL_TARGET, DISCRETIONARY_TARGET, ...categories.map(categoryTarget)];
  for (let month = start; month < until; month++) {
    const common = { customer, month, origin: month };
    for (const target of names) targets.push({ ...common, target, horizon: 1, actual: actual(target, month) });
    for (let week = 0; week < WEEKS; week++)
      targets.push({
        ...common,
        target: WEEK_TARGET,
        horizon: week + 1,
        actual: actual(`${WEEK_TARGET} ${week}`, month),
      });
  }
  for (let month = start + 1; month < Math.min(until, start + MOST_HORIZON); month++)
    targets.push({
      customer,
      month,
      origin: start,
      target: TOTAL_TARGET,
      horizon: month - start + 1,
      actual: actual(TOTAL_TARGET, month),
    });
  return targets;
}

/** All targets of the holdout. */
export const evaluationTargets = (holdout: Holdout): EvaluationTarget[] =>
  [...holdout.customers].flatMap(([customer, rows]) => customerTargets(customer, rows, holdout));

/**
 * The request on the first day of a month, with the state of that day, as the feature store would have it; a customer
 * without one is asked for as a new one. @param months - horizon.
 */
export function requestAt(customer: string, rows: readonly Movement[], month: number, months: number): SpendingRequest {
  const day = firstDayOf(month);
  const earlier = rows.filter((row) => row.day < day);
  const known = earlier.length === 0 ? { history: null, transactions: [] } : { history: stateOf(earlier, day) };
  return { customerId: customer, ...known, asOf: isoDate(day), horizonDays: firstDayOf(month + months) - day };
}

/** Forecast of a target. */
export interface TargetPrediction {
  readonly prediction: number;
  readonly low80: number;
  readonly high80: number;
  readonly low95: number;
  readonly high95: number;
  readonly historyMonths: number;
  /** Scale of MASE: mean absolute change from month to month; 0 = unknown. */
  readonly scale: number;
  /** Actual amount of the same month a year before; −1 = unknown. */
  readonly lastYear: number;
}

const predictionColumns = [
  'prediction',
  'low80',
  'high80',
  'low95',
  'high95',
  'historyMonths',
  'scale',
  'lastYear',
] as const satisfies readonly (keyof TargetPrediction)[];

/** A scored table. @param predictions - in the order of the targets. */
export function scoredTable(rows: readonly EvaluationTarget[], predictions: readonly TargetPrediction[]): Table {
  const text = (pick: (row: EvaluationTarget) => string): Column => ({ kind: 'text', values: rows.map(pick) });
  const number = (pick: (i: number) => number): Column => ({
    kind: 'number',
    values: Float64Array.from(rows, (_, i) => pick(i)),
  });
  const columns: Record<string, Column> = {
    customer: text(({ customer }) => customer),
    month: text(({ month }) => isoMonth(month)),
    target: text(({ target }) => target),
    horizon: number((i) => rows[i]!.horizon),
    truth: number((i) => rows[i]!.actual),
  };
  for (const name of predictionColumns) columns[name] = number((i) => predictions[i]![name]);
  return { rowCount: rows.length, columns };
}

/** Length of a week as a share of a month. */
export const weekShare = (month: number): number => 7 / daysInMonth(month);
