import {
  conformalBands,
  fitConformal,
  type CalibrationPoint,
  type ConformalState,
} from '../../../learning/conformal/index.js';
import { intervalCoverage } from '../../../learning/metrics/forecast.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import type { OwnForecast } from './accuracy.js';

const LEVELS = [0.8, 0.95] as const;
/** Weeks ahead. */
const BUCKETS = [1, 4, 8, 13] as const;
/** Histories of up to ten years, up to twenty, and more. */
const BANDS = [
  { name: 'up to 520 weeks', least: 0 },
  { name: '521 to 1,040 weeks', least: 521 },
  { name: 'over 1,040 weeks', least: 1041 },
] as const;

const bandOf = (length: number): string => BANDS.findLast(({ least }) => length >= least)!.name;

/** Mean absolute weekly change in the last year: how restless the series is now. */
function usualChange(known: readonly number[]): number {
  const recent = known.slice(-53);
  const changes = recent.slice(1).map((value, i) => Math.abs(value - recent[i]!));
  return changes.reduce((sum, change) => sum + change, 0) / changes.length;
}

/**
 * What an error is measured in: the geometric mean of the present restlessness and of the forecaster's own errors on
 * this series. Of eight scales tried on the last 13 training weeks, the one with the narrowest bands among those that
 * covered within 3 points in every part.
 * @param origin - left out of the own errors, because the point to be measured comes from it; null = after the series.
 */
function scaleAt({ series, residuals }: OwnForecast, origin: number | null): number {
  const others = residuals.filter((point) => point.origin !== origin);
  const error = others.reduce((sum, { residual }) => sum + Math.abs(residual), 0) / Math.max(1, others.length);
  const change = usualChange(series.training.slice(0, origin ?? series.training.length));
  return Math.max(Math.sqrt(error * change), Number.MIN_VALUE);
}

function calibrationPoints(own: OwnForecast): CalibrationPoint[] {
  const group = bandOf(own.series.training.length);
  const scales = new Map(own.residuals.map(({ origin }) => [origin, 0]));
  for (const origin of scales.keys()) scales.set(origin, scaleAt(own, origin));
  return own.residuals.map(({ origin, step, residual }) => ({
    ...{ horizon: step, mean: 0, actual: residual, group },
    scale: scales.get(origin)!,
  }));
}

interface Judged {
  readonly group: string;
  readonly actual: number;
  readonly low: number;
  readonly high: number;
}

function coverageRow(level: number, part: string, points: readonly Judged[]): BenchmarkRow {
  const share = intervalCoverage(
    points.map(({ actual }) => actual),
    points.map(({ low }) => low),
    points.map(({ high }) => high),
  );
  return benchmarkRow({
    name: `M4 weekly, ${level * 100} % band, ${part}: distance of coverage from nominal (n = ${points.length})`,
    value: 100 * Math.abs(share - level),
    unit: `points (covers ${(100 * share).toFixed(1)} %)`,
    target: { atMost: 3 },
    peer: null,
  });
}

/** @param at - position of the level. */
function judgeSeries(state: ConformalState, own: OwnForecast, at: number): Judged[] {
  const { series, forecast } = own;
  const group = bandOf(series.training.length);
  const scale = scaleAt(own, null);
  return series.future.map((actual, i) => {
    const { low, high } = conformalBands(state, { horizon: i + 1, mean: forecast.mean[i]!, scale, group })[at]!;
    return { group, actual, low, high };
  });
}

/** Coverage of conformal bands on the official test, all points and split by length of history. */
export function intervalRows(own: readonly OwnForecast[]): BenchmarkRow[] {
  const state = fitConformal(own.flatMap(calibrationPoints), { levels: LEVELS, buckets: BUCKETS });
  return LEVELS.flatMap((level, at) => {
    const judged = own.flatMap((forecast) => judgeSeries(state, forecast, at));
    const parts = BANDS.map(({ name }) => ({ name, points: judged.filter(({ group }) => group === name) }));
    return [
      coverageRow(level, 'all', judged),
      ...parts.filter(({ points }) => points.length > 0).map(({ name, points }) => coverageRow(level, name, points)),
    ];
  });
}
