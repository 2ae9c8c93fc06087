import type { Occurrence } from './occurrences.js';

/** How an item's amount moves. */
export interface Price {
  /** The last amount. */
  readonly amount: number;
  /** Share that is added in a year, 0.07 = 7 %. */
  readonly yearlyGrowth: number;
  /** Calendar month (0 = January) of the yearly step; null when the amount creeps or stands still. */
  readonly stepMonth: number | null;
}

/** A change smaller than this is no step. */
const SMALLEST_STEP = 0.015;
/** Prices that rise faster than this do so once: a move to a dearer flat is no trend. */
const FASTEST_GROWTH = 0.2;

/** The middle value; 0 of none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

const logRatio = (to: Occurrence, from: Occurrence): number => Math.log(to.amount / from.amount);

/** Changes from one payment to the next in the same stream. */
export const changesOf = (occurrences: readonly Occurrence[]): number[] =>
  occurrences.slice(1).map((occurrence, i) => logRatio(occurrence, occurrences[i]!));

/** Log growth over a year: from pairs twelve months apart, else from the changes of payments within the year. */
function yearlyLog(occurrences: readonly Occurrence[]): number {
  const byMonth = new Map(occurrences.map((occurrence) => [occurrence.month, occurrence]));
  const pairs = occurrences.flatMap((occurrence) => {
    const before = byMonth.get(occurrence.month - 12);
    return before === undefined ? [] : [logRatio(occurrence, before)];
  });
  const recent = pairs.slice(-12);
  const growth = median(recent);
  return growth > Math.log(1 + FASTEST_GROWTH) || growth < -0.1 ? 0 : growth;
}

/** The calendar month in which steps were seen, when nearly all change came in steps of one calendar month. */
function stepMonthOf(occurrences: readonly Occurrence[]): number | null {
  const steps = occurrences
    .slice(1)
    .map((occurrence, i) => ({ month: occurrence.month % 12, change: logRatio(occurrence, occurrences[i]!) }))
    .filter(({ change }) => Math.abs(change) > SMALLEST_STEP && change < Math.log(1 + FASTEST_GROWTH));
  const quiet = occurrences.length - 1 - steps.length;
  const last = steps.at(-1);
  if (last === undefined || quiet < 4 * steps.length) return null;
  return steps.every(({ month }) => month === last.month) ? last.month : null;
}

/** Typical size of a yearly step. */
function stepSize(occurrences: readonly Occurrence[], stepMonth: number): number {
  const steps = occurrences
    .slice(1)
    .map((occurrence, i) => ({ month: occurrence.month % 12, change: logRatio(occurrence, occurrences[i]!) }))
    .filter(({ month, change }) => month === stepMonth && Math.abs(change) > SMALLEST_STEP);
  return median(steps.map(({ change }) => change));
}

/** @param occurrences - oldest first, at least one. */
export function priceOf(occurrences: readonly Occurrence[]): Price {
  const stepMonth = stepMonthOf(occurrences);
  const log = stepMonth === null ? yearlyLog(occurrences) : stepSize(occurrences, stepMonth);
  return { amount: occurrences.at(-1)!.amount, yearlyGrowth: Math.exp(log) - 1, stepMonth };
}

/** The amount expected in a month. @param last - month of the last payment. */
export function priceIn({ amount, yearlyGrowth, stepMonth }: Price, last: number, month: number): number {
  if (stepMonth === null) return amount * (1 + yearlyGrowth) ** ((month - last) / 12);
  const stepsUntil = (at: number): number => Math.floor((at - stepMonth) / 12);
  return amount * (1 + yearlyGrowth) ** (stepsUntil(month) - stepsUntil(last));
}
