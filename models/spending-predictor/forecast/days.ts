import { daysInMonth, firstDayOf } from '../../../learning/time-series/calendar/index.js';
import { type DatedAmount, dayShares } from '../../../learning/time-series/forecasting/index.js';
import type { CustomerForecast } from './customer-forecast.js';
import type { History } from './history.js';
import type { LearnedModel } from './learned-model.js';

/** Smallest number of payments of a stream in the day profile; payees with fewer are mostly bills. */
const FEWEST_PAYMENTS = 4;

/** Payments from which the day profile is estimated. */
export function* profilePayments(histories: Iterable<History>): Generator<DatedAmount> {
  for (const { streams } of histories)
    for (const { payments } of streams.values()) if (payments.length >= FEWEST_PAYMENTS) yield* payments;
}

/** Category → (days,) amounts on each day of a span's months. */
export interface DailyAmounts {
  /** Free spending by the day profile. */
  readonly free: ReadonlyMap<string, Float64Array>;
  /** Bills on their days. */
  readonly owed: ReadonlyMap<string, Float64Array>;
}

/** Daily amounts of a forecast, from the first day of the span's first month on. */
export function dailyAmounts({ span, free, bills }: CustomerForecast, profile: LearnedModel['profile']): DailyAmounts {
  const first = firstDayOf(span.from);
  const length = firstDayOf(span.from + span.count) - first;
  const daily = new Map([...free.keys()].map((category) => [category, new Float64Array(length)]));
  for (let h = 0; h < span.count; h++) {
    const shares = dayShares(profile, span.from + h);
    const at = firstDayOf(span.from + h) - first;
    for (const [category, values] of free) {
      const days = daily.get(category)!;
      shares.forEach((share, i) => (days[at + i] = share * values[h]!));
    }
  }
  const owed = new Map<string, Float64Array>();
  for (const { category, expected } of bills)
    for (const { month, day, amount } of expected) {
      let days = owed.get(category);
      if (days === undefined) owed.set(category, (days = new Float64Array(length)));
      days[firstDayOf(month) - first + Math.min(day, daysInMonth(month)) - 1]! += amount;
    }
  return { free: daily, owed };
}

/** (length,) sum of two lists of daily amounts, either of which may be absent. */
export const addDays = (length: number, a?: Float64Array, b?: Float64Array): Float64Array =>
  Float64Array.from({ length }, (_, i) => (a?.[i] ?? 0) + (b?.[i] ?? 0));

/** (length,) element-wise sum. @param length - of every member. */
export function sumDays(members: Iterable<Float64Array>, length: number): Float64Array {
  const total = new Float64Array(length);
  for (const values of members) values.forEach((value, i) => (total[i]! += value));
  return total;
}
