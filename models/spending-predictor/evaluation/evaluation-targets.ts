import type { TrainingData } from '../../../contracts/dataset.js';
import type { Column, Table } from '../../../contracts/table.js';
import {
  daysInMonth,
  firstDayOf,
  isoDate,
  isoMonth,
  monthOfDay,
} from '../../../learning/time-series/calendar/index.js';
import { firstIncompleteMonth, movementRows } from '../data/read-table.js';
import type { SpendingRequest } from '../prediction/request.js';
import { committedCategories } from '../data/vocabulary.js';
import type { Movement } from '../forecast/history.js';
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

/** The holdout's rows by customer with spending in it, and its complete months `from` … `until − 1`. */
export interface Holdout {
  readonly customers: ReadonlyMap<string, readonly Movement[]>;
  readonly from: number;
  readonly until: number;
  readonly categories: readonly string[];
}

/**
 * Reads the holdout. A month that began before the cut is not evaluated, because a part of it is in the training data.
 * @throws PipelineError `TOO_FEW_ROWS` without a complete month.
 */
export function readHoldout({ table }: TrainingData): Holdout {
  const customers = new Map<string, Movement[]>();
  const categories = new Set<string>();
  let [first, last] = [Infinity, -Infinity];
  for (const { customer, row } of movementRows(table)) {
    const own = customers.get(customer);
    if (own) own.push(row);
    else customers.set(customer, [row]);
    if (row.amount < 0) continue;
    if (row.instalments === null) categories.add(row.category);
    first = Math.min(first, row.day);
    last = Math.max(last, row.day);
  }
  const spenders = [...customers].filter(([, rows]) => rows.some(({ amount }) => amount > 0));
  requireAtLeast('customers with spending in the holdout', spenders.length, 1);
  const from = first === firstDayOf(monthOfDay(first)) ? monthOfDay(first) : monthOfDay(first) + 1;
  const until = firstIncompleteMonth(last + 1);
  requireAtLeast('complete months in the holdout', Math.max(0, until - from), 1);
  const sorted = spenders.sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [, own] of sorted) own.sort((a, b) => a.day - b.day);
  return { customers: new Map(sorted), from, until, categories: [...categories].sort() };
}

/** Actual amount by target and month. */
function actualAmounts(rows: readonly Movement[]): (target: string, month: number) => number {
  const sums = new Map<string, number>();
  const add = (target: string, month: number, amount: number): void => {
    sums.set(`${target} ${month}`, (sums.get(`${target} ${month}`) ?? 0) + amount);
  };
  for (const { day, amount, category, instalments } of rows) {
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
  const { day } = rows.find(({ amount }) => amount > 0)!;
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

/** The request on the first day of a month, with the held-out rows before that day. @param months - horizon. */
export function requestAt(customer: string, rows: readonly Movement[], month: number, months: number): SpendingRequest {
  const day = firstDayOf(month);
  const transactions = rows
    .filter((row) => row.day < day)
    .map(({ day: booked, amount, category, payee, instalments }) => ({
      bookedAt: isoDate(booked),
      amount: -amount,
      category,
      merchant: payee,
      instalments,
    }));
  const horizonDays = firstDayOf(month + months) - day;
  return { customerId: customer, transactions, asOf: isoDate(day), horizonDays };
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
