import { PipelineError } from '../../../contracts/errors.js';
import { firstDayOf } from '../../../learning/time-series/calendar/index.js';
import {
  type CalibrationPoint,
  type ConformalState,
  fitConformal,
} from '../../../learning/evaluation/conformal/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { minimumTrace, shrunkCovariance } from '../../../learning/time-series/reconciliation/index.js';
import { forecastFrom, type BacktestRow } from './backtest.js';
import { dailyAmounts, sumDays } from './days.js';
import { type Champions, COLD_START_MONTHS, covarianceOf, TOTAL } from './customer-forecast.js';
import type { History } from './history.js';
import type { LearnedModel } from './learned-model.js';

/** Last month of each group of horizons that share a band width. */
const MONTH_BUCKETS = [1, 3, 6, 12];
/** Months of history from which the bands are those of long histories: every season was seen once. */
const LONG_HISTORY = 12;
/** Smallest number of points of a calibration group. */
const SMALLEST_BUCKET = 100;
/** Largest number of customers that calibrate daily and weekly bands. */
const MOST_DAILY = 200;
const DAILY_ORIGINS = 3;

/** Calibration group of a length of history in months; each month of a cold start is a group. */
export function historyGroup(months: number): string {
  if (months < COLD_START_MONTHS) return `cold/${months}`;
  return months < LONG_HISTORY ? 'short' : 'long';
}

/** Scale of a band: the mean of forecast and usual amount, so that the band of a forecast of 0 has a width. */
export const bandScale = (mean: number, usual: number): number => Math.max((mean + usual) / 2, 1e-9);

/** Smallest share of the total that the band of a cold start is in units of. */
const LEAST_FREE = 0.1;

/** Forecast of a customer's month. */
export interface TotalFigure {
  readonly mean: number;
  /** Expected bills, part of the mean. */
  readonly owed: number;
  readonly historyMonths: number;
}

/**
 * Scale and calibration group of the total's band. In a cold start instalments are known and all else is a guess, so the
 * band is in units of the rest: customers with loans, of whom most are calibrated, would make it too narrow for those without.
 */
export function totalScale({ mean, owed, historyMonths }: TotalFigure): { scale: number; group: string } {
  const scale = historyMonths < COLD_START_MONTHS ? Math.max(mean - owed, LEAST_FREE * mean) : mean;
  return { scale, group: historyGroup(historyMonths) };
}

/** Error covariance of total and categories, relative to the customer's total, one month ahead. */
export function estimateErrors(rows: readonly BacktestRow[]): LearnedModel['errors'] {
  const first = rows.filter(({ horizon, direct }) => horizon === 1 && direct > 0);
  const names = [TOTAL, ...[...new Set(first.flatMap(({ categories }) => categories))].sort()];
  const errors = first.map(({ direct, categories, parts, came }) => {
    const errorOf = new Map(categories.map((name, k) => [name, (came[k]! - parts[k]!) / direct]));
    const total = (sum(came) - direct) / direct;
    // Limited, so that single events do not dominate the covariance.
    return names.map((name) => Math.max(-1, Math.min(1, name === TOTAL ? total : (errorOf.get(name) ?? 0))));
  });
  if (errors.length < 3) return { names: [TOTAL], covariance: [0.01], typicalVariance: 0.0025 };
  const covariance = shrunkCovariance(errors);
  const size = names.length;
  const variances = names.slice(1).map((_, k) => covariance[(k + 1) * (size + 1)]!);
  return { names, covariance: [...covariance], typicalVariance: mean(variances, 0) };
}

/** Categories of a row reconciled with its total by minimum trace. Categories without a known variance are kept. */
export function reconcileRow(row: BacktestRow, errors: LearnedModel['errors']): Float64Array {
  const covariance = covarianceOf(errors, row.categories, { scale: 1, unknownVariance: 0 });
  return minimumTrace({ total: row.direct, parts: row.parts }, covariance).parts;
}

/** Median ratio of actual to forecast free spending one month ahead, limited to 0.8 … 1.2; 1 with too few rows. */
export function estimateCenter(rows: readonly BacktestRow[], parts: readonly Float64Array[]): number {
  const ratios = rows.flatMap((row, i) => {
    if (row.horizon !== 1) return [];
    const [forecast, actual] = [sum(parts[i]!), sum(row.came)];
    return forecast > 0 && actual > 0 ? [actual / forecast] : [];
  });
  ratios.sort((a, b) => a - b);
  return ratios.length < 20 ? 1 : Math.min(1.2, Math.max(0.8, ratios[ratios.length >> 1]!));
}

/** Wide bands for use without enough calibration points. */
const defaultBand = (upTo: number): ConformalState => ({
  schemaVersion: 1,
  buckets: [
    {
      group: '',
      upTo,
      n: 0,
      bounds: [
        { level: 0.8, low: -0.6, high: 0.8 },
        { level: 0.95, low: -0.9, high: 2 },
      ],
    },
  ],
});

/** Conformal bands; the default ones with too few points. @param buckets - last horizon of each group. */
function fitBands(points: readonly CalibrationPoint[], buckets: readonly number[]): ConformalState {
  try {
    return fitConformal(points, { buckets, smallest: SMALLEST_BUCKET });
  } catch (error) {
    if (error instanceof PipelineError && error.code === 'TOO_FEW_ROWS') return defaultBand(buckets.at(-1)!);
    throw error;
  }
}

/** Forecast of one category in one month. */
export interface CategoryFigure {
  readonly category: string;
  readonly mean: number;
  /** Expected bills, part of the mean. */
  readonly owed: number;
  /** Mean amount of a category of the customer. */
  readonly usual: number;
}

/**
 * Scale and calibration group of a category's band. The errors of bills, of free spending and of forecasts of 0 have
 * different distributions, so each kind is a group in each category.
 */
export function categoryScale({ category, mean, owed, usual }: CategoryFigure): { scale: number; group: string } {
  if (owed > mean / 2) return { scale: mean, group: `bill/${category}` };
  return { scale: bandScale(mean, usual), group: `${mean > 0 ? 'free' : 'nothing'}/${category}` };
}

interface Outcome {
  readonly mean: number;
  readonly owed: number;
  readonly actual: number;
}

/** Forecast and actual amount of each category. @param free - forecasts of free spending after reconciliation. */
function categoryOutcomes(row: BacktestRow, free: readonly number[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  row.categories.forEach((name, k) => outcomes.set(name, { mean: free[k]!, owed: 0, actual: row.came[k]! }));
  row.billed.forEach((name, k) => {
    const owed = row.expected[k]!;
    outcomes.set(name, { mean: (outcomes.get(name)?.mean ?? 0) + owed, owed, actual: row.paid[k]! });
  });
  return outcomes;
}

/** Calibration points of the monthly total and of each category. @param parts - final free forecasts of each row. */
export function monthlyPoints(rows: readonly BacktestRow[], parts: readonly Float64Array[]) {
  const month: CalibrationPoint[] = [];
  const category: CalibrationPoint[] = [];
  rows.forEach((row, i) => {
    const { horizon, actual, owed, historyMonths } = row;
    const free = [...parts[i]!].map((value) => Math.max(0, value));
    const total = owed + sum(free);
    if (!(total > 0)) return;
    month.push({ horizon, actual, mean: total, ...totalScale({ mean: total, owed, historyMonths }) });
    const outcomes = categoryOutcomes(row, free);
    const usual = total / outcomes.size;
    for (const [name, outcome] of outcomes)
      category.push({ horizon, ...outcome, ...categoryScale({ category: name, ...outcome, usual }) });
  });
  return { month, category };
}

/** Bands of the monthly total and of the categories. */
export const fitMonthlyBands = (points: ReturnType<typeof monthlyPoints>) => ({
  month: fitBands(points.month, MONTH_BUCKETS),
  category: fitBands(points.category, MONTH_BUCKETS),
});

/** (length,) actual amount of each day from `first` on. */
function actualDays({ streams }: History, first: number, length: number): Float64Array {
  const days = new Float64Array(length);
  for (const { payments } of streams.values())
    for (const { day, amount } of payments) if (day >= first && day < first + length) days[day - first]! += amount;
  return days;
}

/** Adds a calibration point for each complete period of `step` days. */
function addPoints(points: CalibrationPoint[], forecast: Float64Array, actual: Float64Array, step: number): void {
  const usual = sum(forecast) / (forecast.length / step);
  for (let at = 0; at + step <= forecast.length; at += step) {
    const expected = sum(forecast.subarray(at, at + step));
    const found = sum(actual.subarray(at, at + step));
    points.push({ horizon: 1 + at / step, actual: found, mean: expected, scale: bandScale(expected, usual) });
  }
}

/** Weekly and daily bands from the last months of a sample of customers, given the fitted model. */
export function fitDailyBands(
  customers: readonly { readonly history: History; readonly championsAt: (month: number) => Champions }[],
  model: LearnedModel,
  until: number,
): Pick<LearnedModel['bands'], 'week' | 'day'> {
  const [week, day]: [CalibrationPoint[], CalibrationPoint[]] = [[], []];
  const stride = Math.max(1, Math.floor(customers.length / MOST_DAILY));
  for (let i = 0; i < customers.length; i += stride)
    for (let from = until - DAILY_ORIGINS; from < until; from++) {
      const { history, championsAt } = customers[i]!;
      if (history.first === null || history.first >= from) continue;
      const forecast = forecastFrom(history, { from, count: 1 }, model, championsAt(from));
      const [first, length] = [firstDayOf(from), firstDayOf(from + 1) - firstDayOf(from)];
      const { free, owed } = dailyAmounts(forecast, model.profile);
      const expected = sumDays([...free.values(), ...owed.values()], length);
      const actual = actualDays(history, first, length);
      if (!(sum(expected) > 0)) continue;
      addPoints(week, expected, actual, 7);
      addPoints(day, expected, actual, 1);
    }
  return { week: fitBands(week, [5]), day: fitBands(day, [31]) };
}

/** Bands of a model that is not calibrated yet. */
export const defaultBands: LearnedModel['bands'] = {
  month: defaultBand(12),
  category: defaultBand(12),
  week: defaultBand(5),
  day: defaultBand(31),
};
