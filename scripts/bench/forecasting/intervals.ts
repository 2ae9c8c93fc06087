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

/**
 * Mean absolute weekly change in the last five years: what an error is measured in. Chosen on training values alone: of
 * seven scales the one whose bands, calibrated on earlier origins and judged at the next four, covered closest to
 * nominal. Shorter memories and the forecaster's own errors follow calm years too quickly.
 */
function usualChange(known: readonly number[]): number {
  const recent = known.slice(-261);
  const changes = recent.slice(1).map((value, i) => Math.abs(value - recent[i]!));
  return Math.max(changes.reduce((sum, change) => sum + change, 0) / changes.length, Number.MIN_VALUE);
}

function calibrationPoints({ series, residuals }: OwnForecast): CalibrationPoint[] {
  const group = bandOf(series.training.length);
  const scales = new Map(residuals.map(({ origin }) => [origin, usualChange(series.training.slice(0, origin))]));
  return residuals.map(({ origin, step, residual }) => ({
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
  const scale = usualChange(series.training);
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
