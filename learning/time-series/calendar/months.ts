import { civilDate, dayNumber } from './days.js';

/*
 * A month is an integer: year · 12 + month, January = 0. So month % 12 is the calendar month and the difference of two
 * months is their distance.
 */

/** English names, January first. */
export const MONTH_NAMES =
  'january february march april may june july august september october november december'.split(' ');

/** Number of a month. @param month - 1 … 12; other values carry into the year. */
export const monthOf = (year: number, month: number): number => year * 12 + month - 1;

/** Calendar year of a month. */
export const yearOfMonth = (month: number): number => Math.floor(month / 12);

/** Calendar month, 0 = January … 11 = December. */
const monthOfYear = (month: number): number => month - 12 * yearOfMonth(month);

/** Month that a day lies in. */
export function monthOfDay(day: number): number {
  const { year, month } = civilDate(day);
  return monthOf(year, month);
}

/** First day of a month. */
export const firstDayOf = (month: number): number =>
  dayNumber({ year: yearOfMonth(month), month: monthOfYear(month) + 1, day: 1 });

/** 28 … 31. */
export const daysInMonth = (month: number): number => firstDayOf(month + 1) - firstDayOf(month);

/** All days of a month, ascending. */
export const daysOf = (month: number): number[] =>
  Array.from({ length: daysInMonth(month) }, (_, i) => firstDayOf(month) + i);

/** 1 … 31. */
export const dayOfMonth = (day: number): number => civilDate(day).day;

/** Day of a month by its number from 1, rounded; numbers outside of the month give its first or last day. */
export const dayInMonth = (month: number, dayOfMonth: number): number =>
  firstDayOf(month) + Math.min(Math.max(Math.round(dayOfMonth), 1), daysInMonth(month)) - 1;

/** ISO 8601 month, `2026-11`. @param month - of a year from 0 to 9999. */
export const isoMonth = (month: number): string =>
  `${String(yearOfMonth(month)).padStart(4, '0')}-${String(monthOfYear(month) + 1).padStart(2, '0')}`;
