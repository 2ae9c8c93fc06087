import type { Occurrence } from './occurrences.js';

/** Amount of a recurring item and its change over time. */
export interface Price {
  /** The last amount. */
  readonly amount: number;
  /** Growth in a year as a share, 0.07 = 7 %. */
  readonly yearlyGrowth: number;
  /** Calendar month (0 = January) of the yearly step; null when the amount changes gradually or not at all. */
  readonly stepMonth: number | null;
}

/** Smallest log change that counts as a step. */
const SMALLEST_STEP = 0.015;
/** Yearly growth above this is treated as a single change (for instance another flat) and not extrapolated. */
const FASTEST_GROWTH = 0.2;

/** Median; 0 for no values. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const logRatio = (to: Occurrence, from: Occurrence): number => Math.log(to.amount / from.amount);

/** Log ratio of each amount to the previous one. */
export const changesOf = (occurrences: readonly Occurrence[]): number[] =>
  occurrences.slice(1).map((occurrence, i) => logRatio(occurrence, occurrences[i]!));

/** What is known of an item's price beside its payments. */
export interface PriceOptions {
  /** Months between payments. */
  readonly period: number;
  /** Log growth in a year of similar items, for a yearly item that shows fewer than two steps of its own. */
  readonly usualGrowth: number;
}

/** Steps from which a yearly item has a growth of its own: that of a single year is as often an event as a trend. */
const FEWEST_YEARLY_STEPS = 2;

/** Median log growth of the last pairs of payments twelve months apart; 0 when it is outside of the plausible range. */
function yearlyLog(occurrences: readonly Occurrence[], { period, usualGrowth }: PriceOptions): number {
  const byMonth = new Map(occurrences.map((occurrence) => [occurrence.month, occurrence]));
  const pairs = occurrences.flatMap((occurrence) => {
    const before = byMonth.get(occurrence.month - 12);
    return before === undefined ? [] : [logRatio(occurrence, before)];
  });
  if (period === 12 && pairs.length < FEWEST_YEARLY_STEPS) return usualGrowth;
  const recent = pairs.slice(-12);
  const growth = median(recent);
  return growth > Math.log(1 + FASTEST_GROWTH) || growth < -0.1 ? 0 : growth;
}

/** Log changes above `SMALLEST_STEP`, with the calendar month in which they were first paid. */
const stepsOf = (occurrences: readonly Occurrence[]): { readonly month: number; readonly change: number }[] =>
  changesOf(occurrences)
    .map((change, i) => ({ month: occurrences[i + 1]!.month % 12, change }))
    .filter(({ change }) => Math.abs(change) > SMALLEST_STEP);

/** The calendar month of all steps, or null when steps are frequent or fall into several calendar months. */
function stepMonthOf(occurrences: readonly Occurrence[]): number | null {
  const steps = stepsOf(occurrences).filter(({ change }) => change < Math.log(1 + FASTEST_GROWTH));
  const unchanged = occurrences.length - 1 - steps.length;
  const last = steps.at(-1);
  if (last === undefined || unchanged < 4 * steps.length) return null;
  return steps.every(({ month }) => month === last.month) ? last.month : null;
}

/** Median log change of the steps in a calendar month. */
function stepSize(occurrences: readonly Occurrence[], stepMonth: number): number {
  const steps = stepsOf(occurrences).filter(({ month }) => month === stepMonth);
  return median(steps.map(({ change }) => change));
}

/** Last amount and growth of an item. @param occurrences - oldest first, at least one. */
export function priceOf(occurrences: readonly Occurrence[], options: PriceOptions): Price {
  const stepMonth = stepMonthOf(occurrences);
  const log = stepMonth === null ? yearlyLog(occurrences, options) : stepSize(occurrences, stepMonth);
  return { amount: occurrences.at(-1)!.amount, yearlyGrowth: Math.exp(log) - 1, stepMonth };
}

/** Expected amount in a month. @param last - month of the last payment. */
export function priceIn({ amount, yearlyGrowth, stepMonth }: Price, last: number, month: number): number {
  if (stepMonth === null) return amount * (1 + yearlyGrowth) ** ((month - last) / 12);
  const stepsUntil = (at: number): number => Math.floor((at - stepMonth) / 12);
  return amount * (1 + yearlyGrowth) ** (stepsUntil(month) - stepsUntil(last));
}
