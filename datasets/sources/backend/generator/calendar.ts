import {
  DAY_MS,
  dayNumber,
  dayOfTime,
  daysInMonth,
  diwaliOf,
  firstDayOf,
  monthOf,
  monthOfDay,
  seasonShare,
  yearOfMonth,
} from '../../../../learning/time-series/calendar/index.js';

export { DAY_MS };

const MINUTE_MS = 60_000;
/** Indian time is 5 h 30 min ahead of UTC. */
const INDIA_OFFSET_MINUTES = 330;

/** A calendar month of the history. */
export interface Month {
  /** 0 = the first month of history. */
  readonly index: number;
  readonly year: number;
  /** 0 = January. */
  readonly calendarMonth: number;
  /** Start and exclusive end, UTC, milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly days: number;
}

function monthAt(number: number, index: number): Month {
  return {
    index,
    year: yearOfMonth(number),
    calendarMonth: number % 12,
    start: firstDayOf(number) * DAY_MS,
    end: firstDayOf(number + 1) * DAY_MS,
    days: daysInMonth(number),
  };
}

/** The last `count` calendar months up to that of `until`. @param until - ISO date. */
export function monthsUntil(until: string, count: number): readonly Month[] {
  const first = monthOfDay(dayOfTime(Date.parse(until))) - count + 1;
  return Array.from({ length: count }, (_, index) => monthAt(first + index, index));
}

/**
 * A time in a month, given in Indian time, clamped to the start of the month.
 * @param day - from 1; days after the month's end are its last day.
 * @param hour - 0 … 24, fractions allowed. Before 05:30 the UTC date is the previous day.
 */
export function momentIn(month: Month, day: number, hour: number): number {
  const date = month.start + (Math.min(Math.max(Math.floor(day), 1), month.days) - 1) * DAY_MS;
  const moment = date + Math.floor(hour * 60 - INDIA_OFFSET_MINUTES) * MINUTE_MS;
  return Math.max(month.start, moment);
}

/** Days of the shopping season: 22 before Diwali, and its first two. */
const SEASON = { before: 22, after: 2 } as const;

/**
 * Share of the shopping season before Diwali that falls into a month, 0 … 1. Outside of the table of holidays the
 * season is that of 27 October.
 */
export function festivalShare({ year, calendarMonth }: Month): number {
  const diwali = diwaliOf(year) ?? dayNumber({ year, month: 10, day: 27 });
  return seasonShare(monthOf(year, calendarMonth + 1), diwali, SEASON);
}
