const DAY = 86_400_000;

/*
 * Months are numbered year · 12 + month (January = 0); days are whole days since the epoch. All in UTC.
 */

/** Number of the month that a day lies in. */
export function monthOfDay(day: number): number {
  const date = new Date(day * DAY);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}

/** First day of a month. */
export const firstDayOf = (month: number): number => Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY;

/** 28 to 31. */
export const daysInMonth = (month: number): number => firstDayOf(month + 1) - firstDayOf(month);

/** `2026-11`. */
export const monthName = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;

/** The day of a month by its number from 1; beyond the month's end means its last day. */
export const dayInMonth = (month: number, day: number): number =>
  firstDayOf(month) + Math.min(Math.max(Math.round(day), 1), daysInMonth(month)) - 1;
