import { weekdayOf } from './days.js';
import { holidayDays, INDIAN_HOLIDAYS } from './indian-holidays.js';
import { firstDayOf, monthOf } from './months.js';

/** Whether a day is one from Monday to Friday that is not in `closed`. */
export const isBankDay = (day: number, closed: ReadonlySet<number>): boolean => weekdayOf(day) < 5 && !closed.has(day);

/** When wages are paid: on the last bank day of the month, or on the first bank day from `dayOfMonth` on. */
export type PaydayRule = 'last-bank-day' | { readonly dayOfMonth: number };

function payday(month: number, rule: PaydayRule, closed: ReadonlySet<number>): number {
  const last = rule === 'last-bank-day';
  let day = last ? firstDayOf(month + 1) - 1 : firstDayOf(month) + rule.dayOfMonth - 1;
  while (!isBankDay(day, closed)) day += last ? -1 : 1;
  return day;
}

/**
 * Paydays in India, one a month, ascending. Weekends and the holidays of `INDIAN_HOLIDAYS` are not bank days.
 * @param years - first and last year, both included.
 */
export function paydays(years: { readonly first: number; readonly last: number }, rule: PaydayRule): number[] {
  const closed = new Set(INDIAN_HOLIDAYS.flatMap(holidayDays));
  const months = (years.last - years.first + 1) * 12;
  return Array.from({ length: months }, (_, i) => payday(monthOf(years.first, 1) + i, rule, closed));
}
