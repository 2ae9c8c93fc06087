import { INDIAN_HOLIDAYS } from '../../../learning/time-series/forecasting/holidays/india.js';
import { daysInMonth, firstDayOf } from '../../../learning/time-series/recurring-items/index.js';

const DAY = 86_400_000;

const diwali: readonly number[] = (INDIAN_HOLIDAYS.find(({ name }) => name === 'diwali')?.dates ?? []).map(
  (date) => Date.parse(date) / DAY,
);

/** People buy for the festival in the four weeks before it and on its first days. */
const WEEKS_BEFORE = 4;
const DAYS_AFTER = 2;
const SEASON_DAYS = 7 * WEEKS_BEFORE + DAYS_AFTER;

/**
 * How much of the shopping season before Diwali falls into a month, 0 … 1. It moves between October and November, so
 * the calendar month alone cannot tell it. Years outside the table have none.
 */
export function festivalShare(month: number): number {
  const known = shares.get(month);
  if (known !== undefined) return known;
  const share = computeShare(month);
  shares.set(month, share);
  return share;
}

/** Asked for every month of every series; a pure function of the table, so remembering changes nothing. */
const shares = new Map<number, number>();

function computeShare(month: number): number {
  const [first, end] = [firstDayOf(month), firstDayOf(month + 1)];
  let days = 0;
  for (const day of diwali)
    days += Math.max(0, Math.min(end, day + DAYS_AFTER) - Math.max(first, day - 7 * WEEKS_BEFORE));
  return days / SEASON_DAYS;
}

/** 0 = Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** 1 … 31. @param month - that the day lies in. */
export const dayOfMonth = (day: number, month: number): number => day - firstDayOf(month) + 1;

/** All days of a month. */
export const daysOf = (month: number): number[] =>
  Array.from({ length: daysInMonth(month) }, (_, i) => firstDayOf(month) + i);

/** `2026-11-03`. */
export const dayName = (day: number): string => new Date(day * DAY).toISOString().slice(0, 10);

/** Day since the epoch of an ISO date. */
export const dayOfName = (name: string): number => Math.floor(Date.parse(name) / DAY);

/** Day since the epoch of a moment. */
export const dayOfTime = (milliseconds: number): number => Math.floor(milliseconds / DAY);
