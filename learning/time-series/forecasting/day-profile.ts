import { sum } from '../../numeric/statistics/sum.js';
import { dayOfMonth, daysOf, firstDayOf, weekdayOf } from '../calendar/index.js';

/** Amount of a day relative to the mean day, by weekday and by day of the month; 1 = the mean. */
export interface DayProfile {
  /** (7,) Sunday first. */
  readonly weekdays: number[];
  /** (31,) the 1st first. */
  readonly days: number[];
}

/** An amount on a day since the epoch. */
export interface DatedAmount {
  readonly day: number;
  readonly amount: number;
}

/** Pseudo-observations at the mean of each weekday and day of the month. */
const PRIOR_DAYS = 30;

/** Index of a day in `DayProfile.weekdays`. */
const weekdayIndex = (day: number): number => (weekdayOf(day) + 1) % 7;

/** Mean amount of each class of days relative to the overall mean, shrunk to 1. @param counts - days in each class. */
function relativeMeans(amounts: Float64Array, counts: Float64Array): number[] {
  const [total, days] = [sum(amounts), sum(counts)];
  if (total === 0 || days === 0) return Array<number>(amounts.length).fill(1);
  const mean = total / days;
  return Array.from(amounts, (amount, i) => (amount / mean + PRIOR_DAYS) / (counts[i]! + PRIOR_DAYS));
}

/**
 * Distribution of amounts over weekdays and days of the month. Deterministic in the order of the amounts; O(n).
 * @param months - first month, and the one after the last; amounts outside are ignored.
 */
export function fitDayProfile(amounts: Iterable<DatedAmount>, months: readonly [number, number]): DayProfile {
  const [weekdays, weekdayCounts] = [new Float64Array(7), new Float64Array(7)];
  const [days, dayCounts] = [new Float64Array(31), new Float64Array(31)];
  for (let month = months[0]; month < months[1]; month++)
    for (const day of daysOf(month)) {
      weekdayCounts[weekdayIndex(day)]! += 1;
      dayCounts[dayOfMonth(day) - 1]! += 1;
    }
  const [from, until] = [firstDayOf(months[0]), firstDayOf(months[1])];
  for (const { day, amount } of amounts) {
    if (day < from || day >= until) continue;
    weekdays[weekdayIndex(day)]! += amount;
    days[dayOfMonth(day) - 1]! += amount;
  }
  return { weekdays: relativeMeans(weekdays, weekdayCounts), days: relativeMeans(days, dayCounts) };
}

/** Share of a month's amount on each of its days; the shares sum to 1. */
export function dayShares({ weekdays, days }: DayProfile, month: number): Float64Array {
  const weights = Float64Array.from(daysOf(month), (day) => weekdays[weekdayIndex(day)]! * days[dayOfMonth(day) - 1]!);
  const total = sum(weights);
  return weights.map((weight) => (total > 0 ? weight / total : 1 / weights.length));
}
