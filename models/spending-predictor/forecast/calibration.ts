import { PipelineError } from '../../../contracts/errors.js';
import { firstDayOf } from '../../../learning/time-series/calendar/index.js';
import {
  type CalibrationPoint,
  type ConformalState,
  fitConformal,
} from '../../../learning/evaluation/conformal/index.js';
import { minimumTrace, shrunkCovariance } from '../../../learning/time-series/reconciliation/index.js';
import { forecastFrom, type BacktestRow } from './backtest.js';
import { dailyAmounts, sumDays } from './days.js';
import { type Champions, COLD_START_MONTHS, TOTAL } from './customer-forecast.js';
import type { History } from './history.js';
import type { LearnedModel } from './learned-model.js';

/** Horizons that share a width, by their last month, week or day. */
const MONTH_BUCKETS = [1, 3, 6, 12];
/** A year of history shows every season; with less the bands are wider. */
const LONG_HISTORY = 12;
const SMALLEST_BUCKET = 100;
/** Customers whose days are looked at; more change nothing. */
const MOST_DAILY = 200;
const DAILY_ORIGINS = 3;

/** Where a length of history is calibrated; each of a cold start's months apart, as each is a different guess. */
export function historyGroup(months: number): string {
  if (months < COLD_START_MONTHS) return `cold/${months}`;
  return months < LONG_HISTORY ? 'short' : 'long';
}

/** A band's scale: the forecast itself, not below a share of what is usual, so that a zero has a width. */
export const scaleOf = (mean: number, usual: number): number => Math.max((mean + usual) / 2, 1e-9);

/** Error covariance of total and categories, relative to the customer's own total, one month ahead. */
export function learnErrors(rows: readonly BacktestRow[]): LearnedModel['errors'] {
  const first = rows.filter(({ horizon, direct }) => horizon === 1 && direct > 0);
  const names = [TOTAL, ...[...new Set(first.flatMap(({ categories }) => categories))].sort()];
  const errors = first.map(({ direct, categories, parts, came }) => {
    const errorOf = new Map(categories.map((name, k) => [name, (came[k]! - parts[k]!) / direct]));
    const total = (came.reduce((sum, value) => sum + value, 0) - direct) / direct;
    // One theft must not decide what is trusted.
    return names.map((name) => Math.max(-1, Math.min(1, name === TOTAL ? total : (errorOf.get(name) ?? 0))));
  });
  if (errors.length < 3) return { names: [TOTAL], covariance: [0.01], typicalVariance: 0.0025 };
  const covariance = shrunkCovariance(errors);
  const size = names.length;
  const variances = names.slice(1).map((_, k) => covariance[(k + 1) * (size + 1)]!);
  const typicalVariance = variances.reduce((sum, value) => sum + value, 0) / Math.max(1, variances.length);
  return { names, covariance: [...covariance], typicalVariance };
}

/** A row's categories made to agree with its total, as the engine does it. */
export function reconcileRow(row: BacktestRow, errors: LearnedModel['errors']): Float64Array {
  const at = [TOTAL, ...row.categories].map((name) => errors.names.indexOf(name));
  const size = errors.names.length;
  const covariance = Float64Array.from({ length: at.length ** 2 }, (_, k) => {
    const [i, j] = [Math.floor(k / at.length), k % at.length];
    return at[i]! < 0 || at[j]! < 0 ? 0 : errors.covariance[at[i]! * size + at[j]!]!;
  });
  return minimumTrace({ total: row.direct, parts: row.parts }, covariance).parts;
}

/** The middle of what came over what was forecast. */
export function learnCenter(rows: readonly BacktestRow[], parts: readonly Float64Array[]): number {
  const ratios = rows.flatMap((row, i) => {
    if (row.horizon !== 1) return [];
    const forecast = parts[i]!.reduce((sum, value) => sum + value, 0);
    const came = row.came.reduce((sum, value) => sum + value, 0);
    return forecast > 0 && came > 0 ? [came / forecast] : [];
  });
  ratios.sort((a, b) => a - b);
  return ratios.length < 20 ? 1 : Math.min(1.2, Math.max(0.8, ratios[ratios.length >> 1]!));
}

/** Bands wide enough to be honest when there is next to nothing to calibrate them on. */
const unknownBands = (upTo: number): ConformalState => ({
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

function widths(points: readonly CalibrationPoint[], buckets: readonly number[]): ConformalState {
  try {
    return fitConformal(points, { buckets, smallest: SMALLEST_BUCKET });
  } catch (fault) {
    if (fault instanceof PipelineError && fault.code === 'TOO_FEW_ROWS') return unknownBands(buckets.at(-1)!);
    throw fault;
  }
}

/** One category in one month: what is expected, bills among it, and what its band is measured in. */
export interface CategoryFigure {
  readonly category: string;
  readonly mean: number;
  /** Part of the mean that is bills. */
  readonly owed: number;
  /** What a category of the customer costs on average. */
  readonly usual: number;
}

/**
 * Where a category's band is looked up. A bill comes at its price or not at all, free spending scatters, and where
 * nothing is expected mostly nothing comes: each has bands of its own in each category.
 */
export function categoryPlace({ category, mean, owed, usual }: CategoryFigure): { scale: number; group: string } {
  if (owed > mean / 2) return { scale: mean, group: `bill/${category}` };
  return { scale: scaleOf(mean, usual), group: `${mean > 0 ? 'free' : 'nothing'}/${category}` };
}

interface Outcome {
  readonly mean: number;
  readonly owed: number;
  readonly actual: number;
}

/** What was expected of each category and what came. @param free - after reconciliation. */
function categoryOutcomes(row: BacktestRow, free: readonly number[]): Map<string, Outcome> {
  const outcomes = new Map<string, Outcome>();
  row.categories.forEach((name, k) => outcomes.set(name, { mean: free[k]!, owed: 0, actual: row.came[k]! }));
  row.billed.forEach((name, k) => {
    const owed = row.expected[k]!;
    outcomes.set(name, { mean: (outcomes.get(name)?.mean ?? 0) + owed, owed, actual: row.paid[k]! });
  });
  return outcomes;
}

/** Points of the monthly total and of each category. @param parts - free spending of each row's categories as it is answered. */
export function monthlyPoints(rows: readonly BacktestRow[], parts: readonly Float64Array[]) {
  const month: CalibrationPoint[] = [];
  const category: CalibrationPoint[] = [];
  rows.forEach((row, i) => {
    const { horizon, actual, owed, historyMonths } = row;
    const free = [...parts[i]!].map((value) => Math.max(0, value));
    const mean = owed + free.reduce((sum, value) => sum + value, 0);
    if (!(mean > 0)) return;
    month.push({ horizon, actual, mean, scale: mean, group: historyGroup(historyMonths) });
    const outcomes = categoryOutcomes(row, free);
    const usual = mean / outcomes.size;
    for (const [name, outcome] of outcomes)
      category.push({ horizon, ...outcome, ...categoryPlace({ category: name, ...outcome, usual }) });
  });
  return { month, category };
}

/** Widths of the monthly bands. */
export const learnMonthlyBands = (points: ReturnType<typeof monthlyPoints>) => ({
  month: widths(points.month, MONTH_BUCKETS),
  category: widths(points.category, MONTH_BUCKETS),
});

function actualDays({ streams }: History, first: number, length: number): Float64Array {
  const days = new Float64Array(length);
  for (const { payments } of streams.values())
    for (const { day, amount } of payments) if (day >= first && day < first + length) days[day - first]! += amount;
  return days;
}

function addPoints(points: CalibrationPoint[], forecast: Float64Array, actual: Float64Array, step: number): void {
  const usual = forecast.reduce((sum, value) => sum + value, 0) / (forecast.length / step);
  for (let at = 0; at + step <= forecast.length; at += step) {
    const sum = (values: Float64Array): number => values.slice(at, at + step).reduce((all, value) => all + value, 0);
    const mean = sum(forecast);
    points.push({ horizon: 1 + at / step, actual: sum(actual), mean, scale: scaleOf(mean, usual) });
  }
}

/** Widths of weekly and daily bands from the last months of some customers, with everything else learned. */
export function learnDailyBands(
  customers: readonly { readonly history: History; readonly champions: Champions }[],
  model: LearnedModel,
  until: number,
): Pick<LearnedModel['bands'], 'week' | 'day'> {
  const [week, day]: [CalibrationPoint[], CalibrationPoint[]] = [[], []];
  const stride = Math.max(1, Math.floor(customers.length / MOST_DAILY));
  for (let i = 0; i < customers.length; i += stride)
    for (let from = until - DAILY_ORIGINS; from < until; from++) {
      const { history, champions } = customers[i]!;
      if (history.first === null || history.first >= from) continue;
      const forecast = forecastFrom(history, { from, count: 1 }, model, champions);
      const [first, length] = [firstDayOf(from), firstDayOf(from + 1) - firstDayOf(from)];
      const expected = sumDays(dailyAmounts(forecast, model.profile).values(), length);
      const actual = actualDays(history, first, length);
      if (!(expected.reduce((sum, value) => sum + value, 0) > 0)) continue;
      addPoints(week, expected, actual, 7);
      addPoints(day, expected, actual, 1);
    }
  return { week: widths(week, [5]), day: widths(day, [31]) };
}

/** Bands for the time before anything is calibrated. */
export const openBands: LearnedModel['bands'] = {
  month: unknownBands(12),
  category: unknownBands(12),
  week: unknownBands(5),
  day: unknownBands(31),
};
