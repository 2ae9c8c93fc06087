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

/** Category → (days,) amount on each day of the span's months: free spending by the day profile, bills on their days. */
export function dailyAmounts(forecast: CustomerForecast, profile: LearnedModel['profile']): Map<string, Float64Array> {
  const { span, free, bills } = forecast;
  const first = firstDayOf(span.from);
  const length = firstDayOf(span.from + span.count) - first;
  const result = new Map<string, Float64Array>();
  const daysOfCategory = (category: string): Float64Array => {
    let values = result.get(category);
    if (values === undefined) result.set(category, (values = new Float64Array(length)));
    return values;
  };
  for (let h = 0; h < span.count; h++) {
    const shares = dayShares(profile, span.from + h);
    const at = firstDayOf(span.from + h) - first;
    for (const [category, values] of free) {
      const days = daysOfCategory(category);
      shares.forEach((share, i) => (days[at + i]! += share * values[h]!));
    }
  }
  for (const { category, expected } of bills)
    for (const { month, day, amount } of expected)
      daysOfCategory(category)[firstDayOf(month) - first + Math.min(day, daysInMonth(month)) - 1]! += amount;
  return result;
}

/** (length,) element-wise sum. @param length - of every member. */
export function sumDays(members: Iterable<Float64Array>, length: number): Float64Array {
  const total = new Float64Array(length);
  for (const values of members) values.forEach((value, i) => (total[i]! += value));
  return total;
}
