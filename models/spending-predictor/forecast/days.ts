import {
  dayOfMonth,
  daysInMonth,
  daysOf,
  firstDayOf,
  weekdayOf,
} from '../../../learning/time-series/calendar/index.js';
import type { CustomerForecast } from './customer-forecast.js';
import type { History } from './history.js';
import type { LearnedModel } from './learned-model.js';

type Profile = LearnedModel['profile'];

/** Pseudo-days at the mean that a weekday or day of the month starts from. */
const PRIOR_DAYS = 30;

/** Place of a day in the profile's weekdays: 0 = Sunday … 6 = Saturday. */
const weekdayPlace = (day: number): number => (weekdayOf(day) + 1) % 7;

/** Mean amount of each of n places relative to the mean of all, shrunk to 1. */
function relative(sums: Float64Array, counts: Float64Array): number[] {
  const total = sums.reduce((sum, value) => sum + value, 0);
  const days = counts.reduce((sum, value) => sum + value, 0);
  if (total === 0 || days === 0) return [...sums].map(() => 1);
  const mean = total / days;
  return [...sums].map((sum, i) => (sum / mean + PRIOR_DAYS) / (counts[i]! + PRIOR_DAYS));
}

/**
 * How spending divides over weekdays and days of the month, over all customers. @param months - first and one after the
 * last month to look at.
 */
export function fitProfile(histories: Iterable<History>, months: readonly [number, number]): Profile {
  const [weekdays, weekdayCounts] = [new Float64Array(7), new Float64Array(7)];
  const [days, dayCounts] = [new Float64Array(31), new Float64Array(31)];
  for (let month = months[0]; month < months[1]; month++)
    for (const day of daysOf(month)) {
      weekdayCounts[weekdayPlace(day)]! += 1;
      dayCounts[dayOfMonth(day) - 1]! += 1;
    }
  for (const { streams } of histories)
    for (const { payments } of streams.values()) {
      // Payees with few payments are bills: their days are known otherwise.
      if (payments.length < 4) continue;
      for (const { day, amount } of payments) {
        if (day < firstDayOf(months[0]) || day >= firstDayOf(months[1])) continue;
        weekdays[weekdayPlace(day)]! += amount;
        days[dayOfMonth(day) - 1]! += amount;
      }
    }
  return { weekdays: relative(weekdays, weekdayCounts), days: relative(days, dayCounts) };
}

/** Share of a month's free spending on each of its days; sums to 1. */
export function dayShares({ weekdays, days }: Profile, month: number): Float64Array {
  const weights = Float64Array.from(daysOf(month), (day) => {
    return weekdays[weekdayPlace(day)]! * days[dayOfMonth(day) - 1]!;
  });
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => (sum > 0 ? weight / sum : 1 / weights.length));
}

/** Category → amounts on each day of the span's months. */
export function dailyAmounts(forecast: CustomerForecast, profile: Profile): Map<string, Float64Array> {
  const { span, free, bills } = forecast;
  const first = firstDayOf(span.from);
  const length = firstDayOf(span.from + span.count) - first;
  const result = new Map<string, Float64Array>();
  const of = (category: string): Float64Array => {
    let values = result.get(category);
    if (values === undefined) result.set(category, (values = new Float64Array(length)));
    return values;
  };
  for (let h = 0; h < span.count; h++) {
    const shares = dayShares(profile, span.from + h);
    const at = firstDayOf(span.from + h) - first;
    for (const [category, values] of free) {
      const days = of(category);
      shares.forEach((share, i) => (days[at + i]! += share * values[h]!));
    }
  }
  for (const { category, expected } of bills)
    for (const { month, day, amount } of expected)
      of(category)[firstDayOf(month) - first + Math.min(day, daysInMonth(month)) - 1]! += amount;
  return result;
}

/** Element-wise sum. @param length - of every member. */
export function sumDays(members: Iterable<Float64Array>, length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const values of members) values.forEach((value, i) => (sum[i]! += value));
  return sum;
}
