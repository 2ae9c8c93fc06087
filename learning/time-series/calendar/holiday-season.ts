import { civilDate } from './days.js';
import { holidayDays, INDIAN_HOLIDAYS } from './indian-holidays.js';
import { firstDayOf } from './months.js';

const diwaliByYear: ReadonlyMap<number, number> = new Map(
  INDIAN_HOLIDAYS.filter(({ name }) => name === 'diwali')
    .flatMap(holidayDays)
    .map((day) => [civilDate(day).year, day]),
);

/** Day of Diwali (Lakshmi puja) in a year, or null outside of `HOLIDAY_YEARS`. It moves between October and November. */
export const diwaliOf = (year: number): number | null => diwaliByYear.get(year) ?? null;

/** A season around a holiday: `before` days ahead of it, then `after` days from it on, its own day included. */
export interface HolidaySeason {
  readonly before: number;
  readonly after: number;
}

/** Share of a holiday's season that falls into a month, 0 … 1. @param holiday - its day. */
export function seasonShare(month: number, holiday: number, { before, after }: HolidaySeason): number {
  const from = Math.max(firstDayOf(month), holiday - before);
  const to = Math.min(firstDayOf(month + 1), holiday + after);
  return Math.max(0, to - from) / (before + after);
}
