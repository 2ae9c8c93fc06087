import { civilDate, firstDayOf, monthOf, validDay, weekdayOf } from '../../time-series/calendar/index.js';
import type { DateOrder } from '../../../contracts/dataset.js';
import type { TimeDirection } from './time-direction.js';

/** First and last day as days since 1970-01-01. */
export type DayRange = readonly [number, number];

/** What a date without a year or month is read against. */
export interface DateAnchor {
  /** Reference day. */
  readonly today: number;
  /** Side on which the date lies; null = not said. */
  readonly direction: TimeDirection | null;
  /** Weekday that the text names, 0 = Monday. */
  readonly weekday?: number;
  /** How the writer writes dates in numbers. */
  readonly order: DateOrder;
}

/** Months outside of 1 … 12 carry into the year. */
export const firstOfMonth = (year: number, month: number): number => firstDayOf(monthOf(year, month));

export const wholeMonth = (year: number, month: number): DayRange => [
  firstOfMonth(year, month),
  firstOfMonth(year, month + 1) - 1,
];

export const singleDay = (day: number | null): DayRange | null => (day === null ? null : [day, day]);

/** Full year of a year of two digits: 70–99 are 1970–1999. */
export function fullYear(text: string): number {
  const year = Number(text.replace("'", ''));
  if (year > 99) return year;
  return year + (year < 70 ? 2000 : 1900);
}

/** Day of the month that begins with `first`; null where it has no such day. */
export function dayOfMonthFrom(first: number, day: number): number | null {
  const { year, month } = civilDate(first);
  return validDay({ year, month, day });
}

/**
 * The reading of the direction that the text gives. Without one both must agree, or the weekday named in the text must fit
 * only one.
 */
export function chosenReading(
  past: DayRange | null,
  future: DayRange | null,
  { direction, weekday }: DateAnchor,
): DayRange | null {
  const fits = (range: DayRange | null): DayRange | null =>
    range === null || (weekday !== undefined && weekdayOf(range[0]) !== weekday) ? null : range;
  const [before, after] = [fits(past), fits(future)];
  if (direction !== null) return direction === 'past' ? before : after;
  if (before === null || after === null) return weekday === undefined ? null : (before ?? after);
  return before[0] === after[0] && before[1] === after[1] ? before : null;
}

/** February 29th comes at the latest after eight years. */
const MAXIMUM_YEARS = 8;
/** The 31st comes at the latest after two months. */
const MAXIMUM_MONTHS = 2;

/** The first valid candidate on one side of a day, going away from it by steps. */
function firstOf(
  candidate: (step: number) => number | null,
  steps: number,
  fits: (day: number) => boolean,
): number | null {
  for (let step = 0; step <= steps; step++) {
    const day = candidate(step);
    if (day !== null && fits(day)) return day;
  }
  return null;
}

/** A day this near on the other side makes a reading of about a year away doubtful. */
const NEAR_DAYS = 31;

/** Whether the nearer of two days has another weekday than the text names: a slip in the weekday is no other year. */
function isContradicted(
  past: number | null,
  future: number | null,
  { today, weekday, direction }: DateAnchor,
): boolean {
  if (weekday === undefined || direction !== null || past === null || future === null) return false;
  return weekdayOf(today - past <= future - today ? past : future) !== weekday;
}

/**
 * A day and month without a year: the last one until today, or the first one from today on. None where the other reading is
 * a few days away ("due 12/01" on the 14th: overdue, or next year).
 */
export function dayWithoutYear(month: number, day: number, anchor: DateAnchor): DayRange | null {
  const { today, direction } = anchor;
  const { year } = civilDate(today);
  const at = (sign: 1 | -1) => (step: number) => validDay({ year: year + sign * step, month, day });
  const past = firstOf(at(-1), MAXIMUM_YEARS, (found) => found <= today);
  const future = firstOf(at(1), MAXIMUM_YEARS, (found) => found >= today);
  const other = direction === 'past' ? future : past;
  const isDoubtful = direction !== null && other !== null && other !== today && Math.abs(other - today) <= NEAR_DAYS;
  return isDoubtful || isContradicted(past, future, anchor)
    ? null
    : chosenReading(singleDay(past), singleDay(future), anchor);
}

/** The nearest day of this number before or from `day` on. */
export function nearestDayOfMonth(number: number, day: number, sign: 1 | -1): number | null {
  const { year, month } = civilDate(day);
  const at = (step: number): number | null => dayOfMonthFrom(firstOfMonth(year, month + sign * step), number);
  return firstOf(at, MAXIMUM_MONTHS, (found) => (sign < 0 ? found <= day : found >= day));
}

/** A day of the month alone ("the 5th"): the last one until today, or the first one from today on. */
export const dayWithoutMonth = (number: number, anchor: DateAnchor): DayRange | null =>
  chosenReading(
    singleDay(nearestDayOfMonth(number, anchor.today, -1)),
    singleDay(nearestDayOfMonth(number, anchor.today, 1)),
    anchor,
  );

/** A month without a year: the present or last one, or the present or next one. */
export function monthWithoutYear(month: number, anchor: DateAnchor): DayRange | null {
  const now = civilDate(anchor.today);
  const past = wholeMonth(month <= now.month ? now.year : now.year - 1, month);
  const future = wholeMonth(month >= now.month ? now.year : now.year + 1, month);
  return chosenReading(past, future, anchor);
}

/** A weekday alone: the last one before today or the next one after it; null on that weekday itself. */
export function weekdayAlone(weekday: number, anchor: DateAnchor): DayRange | null {
  const ahead = (weekday - weekdayOf(anchor.today) + 7) % 7;
  if (ahead === 0) return null;
  const next = anchor.today + ahead;
  return chosenReading(singleDay(next - 7), singleDay(next), anchor);
}
