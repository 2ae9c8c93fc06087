import { INDIAN_HOLIDAYS } from './india.js';

/** An event that shifts the series on its days, as in Prophet: each offset in the window has an effect of its own. */
export interface Holiday {
  readonly name: string;
  /** Whole days since the epoch, ascending. */
  readonly days: readonly number[];
  /** Days before it that are affected, ≤ 0. @default 0 */
  readonly lowerWindow?: number;
  /** Days after it that are affected, ≥ 0. @default 0 */
  readonly upperWindow?: number;
  /** Standard deviation of the prior of its effects; smaller shrinks more. @default 10 */
  readonly priorScale?: number;
}

const DAY = 86_400_000;

/** Day since the epoch of an ISO date. */
export const dayOf = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;

/** The Indian public holidays of the table, each with a window of `before` and `after` days. */
export function indianHolidays(before = 0, after = 0): Holiday[] {
  return INDIAN_HOLIDAYS.map(({ name, dates }) => ({
    name,
    days: dates.map(dayOf),
    lowerWindow: -before,
    upperWindow: after,
  }));
}

/** Monday to Friday that is no holiday of the table. */
export function isBankDay(day: number, closed: ReadonlySet<number>): boolean {
  const weekday = (((day + 4) % 7) + 7) % 7;
  return weekday !== 0 && weekday !== 6 && !closed.has(day);
}

/** When wages come: the last bank day of the month, or the first bank day from `dayOfMonth` on. */
export type PaydayRule = 'last-bank-day' | { readonly dayOfMonth: number };

function payday(year: number, month: number, rule: PaydayRule, closed: ReadonlySet<number>): number {
  const last = rule === 'last-bank-day';
  let day = last ? Date.UTC(year, month + 1, 0) / DAY : Date.UTC(year, month, rule.dayOfMonth) / DAY;
  while (!isBankDay(day, closed)) day += last ? -1 : 1;
  return day;
}

/**
 * Paydays as a holiday, one a month; weekends and the table's holidays are no bank days.
 * @param years - first and last year, both included.
 */
export function indianPaydays(years: { readonly first: number; readonly last: number }, rule: PaydayRule): Holiday {
  const closed = new Set(INDIAN_HOLIDAYS.flatMap(({ dates }) => dates.map(dayOf)));
  const months = (years.last - years.first + 1) * 12;
  const days = Array.from({ length: months }, (_, i) => payday(years.first, i, rule, closed));
  return { name: 'payday', days };
}
