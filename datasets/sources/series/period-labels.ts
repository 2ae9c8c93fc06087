import {
  DAY_MS,
  dayInMonth,
  dayOfMonth,
  dayOfTime,
  isoDate,
  monthOfDay,
} from '../../../learning/time-series/calendar/index.js';
import { periodDays, type Series } from '../../../learning/time-series/forecasting/index.js';

/** How the periods of a file are written: months, quarters and years by a day, which may be their last one. */
export interface LabelStyle {
  /** 1 … 31; days beyond the end of a month are its last. */
  readonly dayOfMonth: number;
}

const LAST = 31;

const isMonthEnd = (day: number): boolean => monthOfDay(day + 1) !== monthOfDay(day);

/** The style of dates that are written. @param times - milliseconds, at least one. */
export function labelStyleOf(times: readonly number[]): LabelStyle {
  const days = times.map(dayOfTime);
  return { dayOfMonth: days.every(isMonthEnd) ? LAST : dayOfMonth(days.at(-1)!) };
}

/** Hours as `2026-01-31T10:00`, everything else as a date. @param day - since the epoch, with its fraction. */
function labelOf(day: number, { frequency }: Series, style: LabelStyle): string {
  if (frequency === 'hour') return new Date(Math.round(day * 24 * 60) * 60_000).toISOString().slice(0, 16);
  const whole = Math.floor(day + 1e-9);
  if (frequency === 'day' || frequency === 'week') return isoDate(whole);
  return isoDate(dayInMonth(monthOfDay(whole), style.dayOfMonth));
}

/** Labels of `count` periods from number `from` (0 = the first of the series), as the file writes them. */
export const periodLabels = (series: Series, style: LabelStyle, from: number, count: number): string[] =>
  Array.from(periodDays(series, from, count), (day) => labelOf(day, series, style));

/** First moment of a period in milliseconds. */
export const startOfPeriod = (series: Series, period: number): number =>
  Math.round(periodDays(series, period, 1)[0]! * DAY_MS);
