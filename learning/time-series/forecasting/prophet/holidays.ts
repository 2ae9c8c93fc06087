import { holidayDays, INDIAN_HOLIDAYS, paydays, type PaydayRule } from '../../calendar/index.js';

/** A holiday of Prophet: its days share their effects, one for each day of the window around it. */
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

/** The holidays of `INDIAN_HOLIDAYS`, each with a window of `before` and `after` days. */
export function indianHolidays(before = 0, after = 0): Holiday[] {
  return INDIAN_HOLIDAYS.map((holiday) => ({
    name: holiday.name,
    days: holidayDays(holiday),
    lowerWindow: -before,
    upperWindow: after,
  }));
}

/**
 * Paydays as a holiday, one a month; weekends and the table's holidays are not bank days.
 * @param years - first and last year, both included.
 */
export const indianPaydays = (years: { readonly first: number; readonly last: number }, rule: PaydayRule): Holiday => ({
  name: 'payday',
  days: paydays(years, rule),
});
