import { errorAt, type PipelineError } from '../../../contracts/errors.js';
import { dayOfTime, weekdayOf } from '../../../learning/time-series/calendar/index.js';
import {
  countObserved,
  detectFrequency,
  type Frequency,
  frequencies,
  periodOfTime,
  type Series,
} from '../../../learning/time-series/forecasting/index.js';
import { labelStyleOf, startOfPeriod, type LabelStyle } from './period-labels.js';
import { seriesColumns } from './series-format.js';

/** One row of a file of series. */
export interface DatedValue {
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** The same moment on the clock on which it was written, as if UTC. */
  readonly local: number;
  /** NaN = missing. */
  readonly value: number;
  /** Data row of the file, from 1. */
  readonly row: number;
}

/** A series without repetitions or empty ends, one value a period. */
export interface RegularSeries {
  readonly series: Series;
  readonly labels: LabelStyle;
  /** Sentences on gaps and on what was left out. */
  readonly remarks: readonly string[];
}

export interface RegularOptions {
  readonly file: string;
  /** Names the series in messages. */
  readonly title: string;
  /** Null: not detected. */
  readonly frequency: Frequency | null;
  /** For a series with too few rows to show its steps. */
  readonly fallback: Frequency | null;
}

/** Fewest values that any forecaster can learn a course from. */
const FEWEST = 3;
/** Steps that show a frequency. */
const FEWEST_STEPS = 2;
const LARGEST_GAP_SHARE = 0.5;
/** More are older than what a forecast of a season gains from, and cost time. */
const LONGEST = 3000;

/** The clock that counts: hours are those of UTC, which never repeats one; days and longer are those that were written. */
const clockTime = (frequency: Frequency, { time, local }: DatedValue): number => (frequency === 'hour' ? time : local);

const byTime = (rows: readonly DatedValue[]): DatedValue[] => [...rows].sort((a, b) => a.time - b.time);

/** The frequency of a series, or null; unsorted rows and missing values are allowed. */
export const frequencyOfRows = (rows: readonly DatedValue[]): Frequency | null =>
  detectFrequency([...new Set(byTime(rows).map(({ local }) => local))].sort((a, b) => a - b));

const hasValue = ({ value }: DatedValue): boolean => !Number.isNaN(value);

/** Rows from the first to the last one with a value, and the number of those after it. */
function withoutEmptyEnds(rows: readonly DatedValue[]): { used: DatedValue[]; trailing: number } {
  const sorted = byTime(rows);
  const end = sorted.findLastIndex(hasValue) + 1;
  return { used: sorted.slice(Math.max(0, sorted.findIndex(hasValue)), end), trailing: sorted.length - end };
}

/** `15 minutes`, `36 hours`, `10 days`. */
function stepText(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 120) return `${minutes} minutes`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
}

function usualStep(rows: readonly DatedValue[]): number {
  const steps = rows.slice(1).map(({ local }, i) => local - rows[i]!.local);
  return steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)]!;
}

function unknownFrequency({ file, title }: RegularOptions, rows: readonly DatedValue[]): PipelineError {
  const found = `${title}: its usual step is ${stepText(usualStep(rows))}, or its steps differ`;
  const wanted = `wanted the steps of one of ${frequencies.join(', ')}, or --frequency`;
  return errorAt('INVALID_VALUE', { file, column: seriesColumns.time }, `${found}; ${wanted}`);
}

function tooShort({ file, title }: RegularOptions, found: number): PipelineError {
  const message = `${title} has ${found} values, wanted at least ${FEWEST}`;
  return errorAt('TOO_FEW_ROWS', { file, column: seriesColumns.value }, message);
}

/** @throws PipelineError `INVALID_VALUE` naming the rows of two values in one period. */
function requireOneAPeriod(rows: readonly DatedValue[], periods: readonly number[], options: RegularOptions): void {
  const repeated = periods.findIndex((period, i) => i > 0 && period === periods[i - 1]);
  if (repeated < 0) return;
  const [first, second] = [rows[repeated - 1]!.row, rows[repeated]!.row].sort((a, b) => a - b);
  const place = { file: options.file, row: second!, column: seriesColumns.time };
  const finding = `${options.title} has a row of this ${String(options.frequency)} already, row ${first!}`;
  const wanted =
    'wanted one; rows of several series need one column that names them, unique_id or one given by --columns';
  throw errorAt('INVALID_VALUE', place, `${finding}; ${wanted}`);
}

function tooManyGaps({ file, title, frequency }: RegularOptions, observed: number, all: number): PipelineError {
  const finding = `${title}: ${all - observed} of ${all} ${String(frequency)}s have no value, wanted at most half`;
  return errorAt('INVALID_VALUE', { file, column: seriesColumns.time }, finding);
}

const isWeekend = (day: number): boolean => weekdayOf(day) >= 5;

/** Whether a daily series of two weeks and more has values on working days only. */
function hasNoWeekend({ values, frequency, start }: Series): boolean {
  if (frequency !== 'day' || values.length < 14) return false;
  const first = dayOfTime(start);
  return Array.from(values).every((value, i) => Number.isNaN(value) || !isWeekend(first + i));
}

const WEEKENDS = 'no Saturday or Sunday has a value: forecasts of weekends lie on the line between Friday and Monday';

function remarksOf(series: Series, cut: number, trailing: number): string[] {
  const { values, frequency } = series;
  const missing = values.length - countObserved(values);
  return [
    ...(cut > 0 ? [`the last ${values.length} ${frequency}s are used, ${cut} older ones are not`] : []),
    ...(missing > 0 ? [`${missing} of ${values.length} ${frequency}s have no value and are interpolated`] : []),
    ...(hasNoWeekend(series) ? [WEEKENDS] : []),
    ...(trailing > 0 ? [`${trailing} rows after the last value have none: the forecast begins there`] : []),
  ];
}

/** The newest values of a long series. */
function newest(series: Series): { series: Series; cut: number } {
  const cut = Math.max(0, series.values.length - LONGEST);
  if (cut === 0) return { series, cut };
  const start = startOfPeriod(series, cut);
  return { cut, series: { ...series, start, values: Array.prototype.slice.call(series.values, cut) as number[] } };
}

/** The values by their periods. @param rows - ascending, one a period. */
function valuesByPeriod(rows: readonly DatedValue[], periods: readonly number[]): Float64Array {
  const values = new Float64Array(periods.at(-1)! + 1).fill(Number.NaN);
  rows.forEach(({ value }, i) => (values[periods[i]!] = value));
  return values;
}

/**
 * The rows of one series as a regular series: sorted, one value a period, without empty ends.
 * @returns an error for a series that is too short, has too many gaps or steps of no frequency, which a caller with other
 *   series may leave out.
 * @throws PipelineError `INVALID_VALUE` for two rows of one period.
 */
export function regularSeries(rows: readonly DatedValue[], given: RegularOptions): RegularSeries | PipelineError {
  const { used, trailing } = withoutEmptyEnds(rows);
  const observed = used.filter(hasValue).length;
  if (observed < FEWEST) return tooShort(given, observed);
  const frequency = given.frequency ?? (used.length <= FEWEST_STEPS ? given.fallback : null);
  if (frequency === null) return unknownFrequency(given, used);
  const times = used.map((row) => clockTime(frequency, row));
  const calendar = { frequency, start: times[0]! };
  const periods = times.map((time) => periodOfTime(calendar, time));
  requireOneAPeriod(used, periods, { ...given, frequency });
  const length = periods.at(-1)! + 1;
  if (length - observed > LARGEST_GAP_SHARE * length) return tooManyGaps({ ...given, frequency }, observed, length);
  const { series, cut } = newest({ ...calendar, values: valuesByPeriod(used, periods) });
  return { series, labels: labelStyleOf(times), remarks: remarksOf(series, cut, trailing) };
}
