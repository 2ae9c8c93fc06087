import { PipelineError } from '../../../contracts/errors.js';
import { notFinite, requireAtLeast } from '../../checks.js';
import { DAY_MS, dayOfTime, firstDayOf, HOUR_MS, monthOfDay } from '../calendar/index.js';

/** Distance between two values of a series. Months, quarters and years are those of the calendar: they differ in days. */
export const frequencies = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const;
export type Frequency = (typeof frequencies)[number];

/** Frequency and start of a series. All arithmetic is in UTC: the caller converts local time with its clock changes. */
export interface Calendar {
  readonly frequency: Frequency;
  /** First moment of the first period, milliseconds since the epoch. */
  readonly start: number;
}

/** A regular series: one value for each period, oldest first; NaN = missing. */
export interface Series extends Calendar {
  /** (n,) finite or NaN, in any unit; forecasts have the same unit. */
  readonly values: ArrayLike<number>;
}

const fixedSteps = { hour: 1 / 24, day: 1, week: 7 } as const;
const monthsPerStep = { month: 1, quarter: 3, year: 12 } as const;

/** Cycle lengths of each frequency, in steps, shortest first. */
const cycles: Readonly<Record<Frequency, readonly number[]>> = {
  hour: [24, 168],
  day: [7, 365],
  week: [52],
  month: [12],
  quarter: [4],
  year: [],
};

/** Cycles, in steps and shortest first, of which a series of this length has at least two. */
export function seasonalPeriods(frequency: Frequency, length: number): readonly number[] {
  return cycles[frequency].filter((period) => length >= 2 * period);
}

/** Month in which the first period of a series begins. */
export const firstMonthOf = ({ start }: Calendar): number => monthOfDay(dayOfTime(start));

const isOfMonths = (frequency: Frequency): frequency is keyof typeof monthsPerStep => frequency in monthsPerStep;

/**
 * First moments of `count` periods from number `from` (0 = the first of the series), in days since the epoch; fractions
 * are parts of a day. Leap days count as days; months, quarters and years begin on the first of a month.
 */
export function periodDays(calendar: Calendar, from: number, count: number): Float64Array {
  const { frequency, start } = calendar;
  if (isOfMonths(frequency)) {
    const [first, step] = [firstMonthOf(calendar), monthsPerStep[frequency]];
    return Float64Array.from({ length: count }, (_, i) => firstDayOf(first + (from + i) * step));
  }
  const step = fixedSteps[frequency];
  return Float64Array.from({ length: count }, (_, i) => start / DAY_MS + (from + i) * step);
}

/**
 * Number of the period that a moment lies in, 0 = the first of the series. Of weeks the nearest: a week that a holiday
 * has moved by a day or two stays one.
 * @param time - milliseconds since the epoch.
 */
export function periodOfTime(calendar: Calendar, time: number): number {
  const { frequency, start } = calendar;
  if (frequency === 'hour') return Math.floor(time / HOUR_MS) - Math.floor(start / HOUR_MS);
  if (!isOfMonths(frequency)) return Math.round((dayOfTime(time) - dayOfTime(start)) / fixedSteps[frequency]);
  return Math.floor((monthOfDay(dayOfTime(time)) - firstMonthOf(calendar)) / monthsPerStep[frequency]);
}

/** The first `length` values of a series: those before an origin of a backtest. */
export function seriesBefore(series: Series, length: number): Series {
  return { ...series, values: Array.prototype.slice.call(series.values, 0, length) as number[] };
}

/** @throws PipelineError `NOT_FINITE` on an infinite value, `INVALID_INPUT` on a start that is not finite. */
function requireSeries({ values, start }: Series): void {
  if (!Number.isFinite(start))
    throw new PipelineError('INVALID_INPUT', `start is ${start}, wanted a time in milliseconds`);
  for (let i = 0; i < values.length; i++) {
    if (values[i] === Infinity || values[i] === -Infinity) {
      throw notFinite(`values[${i}]`, values[i]!, { row: i });
    }
  }
}

/** Number of values that are not missing. */
export function countObserved(values: ArrayLike<number>): number {
  let count = 0;
  for (let i = 0; i < values.length; i++) if (!Number.isNaN(values[i]!)) count++;
  return count;
}

/** A series without gaps, for methods that do not handle missing values. */
export interface FilledSeries {
  readonly values: Float64Array;
  /** Number of leading missing values that were removed. */
  readonly cut: number;
}

function nextObserved(values: ArrayLike<number>, from: number): number {
  let i = from;
  while (i < values.length && Number.isNaN(values[i]!)) i++;
  return i;
}

/**
 * Removes leading gaps, interpolates inner ones linearly and repeats the last value in a gap at the end.
 * @throws PipelineError `TOO_FEW_ROWS` with fewer than `minimum` observed values; `NOT_FINITE`, `INVALID_INPUT` (start).
 */
export function fillGaps(series: Series, minimum = 1): FilledSeries {
  requireSeries(series);
  const observed = countObserved(series.values);
  const wanted = Math.max(1, minimum);
  requireAtLeast('observed values', observed, wanted, { found: observed, wanted });
  const cut = nextObserved(series.values, 0);
  const values = Float64Array.from({ length: series.values.length - cut }, (_, i) => series.values[cut + i]!);
  for (let i = 1; i < values.length; i++) {
    if (!Number.isNaN(values[i]!)) continue;
    const next = nextObserved(values, i);
    const before = values[i - 1]!;
    const step = next < values.length ? (values[next]! - before) / (next - i + 1) : 0;
    for (let j = i; j < next; j++) values[j] = before + step * (j - i + 1);
  }
  return { values, cut };
}
