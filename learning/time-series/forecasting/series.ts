import { PipelineError } from '../../../contracts/errors.js';
import { notFinite, requireAtLeast } from '../../checks.js';
import { DAY_MS, dayOfTime, firstDayOf, monthOfDay } from '../calendar/index.js';

/** Distance between two values of a series. A month is a calendar month, so its steps differ in days. */
export const frequencies = ['hour', 'day', 'week', 'month'] as const;
export type Frequency = (typeof frequencies)[number];

/** Where a series stands in time. All arithmetic is in UTC: civil time with its jumps is the caller's to flatten. */
export interface Calendar {
  readonly frequency: Frequency;
  /** First moment of the first period, milliseconds since the epoch. */
  readonly start: number;
}

/** A regular series: one value a period, oldest first. NaN is a period of which nothing is known. */
export interface Series extends Calendar {
  /** (n,) finite or NaN, in any unit; forecasts have the same unit. */
  readonly values: ArrayLike<number>;
}

const fixedSteps = { hour: 1 / 24, day: 1, week: 7 } as const;

/** Lengths of the cycles that each frequency usually has, in steps, shortest first. */
const cycles: Readonly<Record<Frequency, readonly number[]>> = {
  hour: [24, 168],
  day: [7, 365],
  week: [52],
  month: [12],
};

/** Cycles, in steps and shortest first, of which a series of this length shows at least two rounds. */
export function seasonalPeriods(frequency: Frequency, length: number): readonly number[] {
  return cycles[frequency].filter((period) => length >= 2 * period);
}

function monthDays(start: number, from: number, count: number): Float64Array {
  const month = monthOfDay(dayOfTime(start)) + from;
  return Float64Array.from({ length: count }, (_, i) => firstDayOf(month + i));
}

/**
 * First moments of `count` periods from number `from` (0 = the first of the series), in days since the epoch; fractions
 * are parts of a day. Leap days are days like others; months begin on the first.
 */
export function periodDays({ frequency, start }: Calendar, from: number, count: number): Float64Array {
  if (frequency === 'month') return monthDays(start, from, count);
  const step = fixedSteps[frequency];
  return Float64Array.from({ length: count }, (_, i) => start / DAY_MS + (from + i) * step);
}

/** The first `length` values of a series: what was known at an origin of a backtest. */
export function seriesBefore(series: Series, length: number): Series {
  return { ...series, values: Array.prototype.slice.call(series.values, 0, length) as number[] };
}

/** @throws PipelineError `NOT_FINITE` on an infinite value, `INVALID_INPUT` on a start that is no moment. */
function requireSeries({ values, start }: Series): void {
  if (!Number.isFinite(start)) throw new PipelineError('INVALID_INPUT', `the series starts at ${start}, wanted a time`);
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

/** A series without gaps, for methods that know none. */
export interface FilledSeries {
  readonly values: Float64Array;
  /** How many leading values were cut because nothing was known yet. */
  readonly cut: number;
}

function nextObserved(values: ArrayLike<number>, from: number): number {
  let i = from;
  while (i < values.length && Number.isNaN(values[i]!)) i++;
  return i;
}

/**
 * Cuts leading gaps, bridges inner ones by a straight line and repeats the last value at the end.
 * @throws PipelineError `TOO_FEW_ROWS` when fewer than `minimum` values are there.
 */
export function fillGaps(series: Series, minimum = 1): FilledSeries {
  requireSeries(series);
  const observed = countObserved(series.values);
  const wanted = Math.max(1, minimum);
  requireAtLeast('values in the series', observed, wanted, { found: observed, wanted });
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
