import {
  conformalBands,
  fitConformal,
  type CalibrationPoint,
  type ConformalState,
} from '../../learning/evaluation/conformal/index.js';
import {
  type BacktestResidual,
  backtestResiduals,
  defaultCandidates,
  replayChoice,
  typicalChange,
} from '../../learning/time-series/forecasting/index.js';
import { intervalCoverage } from '../../learning/evaluation/metrics/forecast.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';
import type { OwnForecast } from './accuracy.js';
import type { HoldoutSeries } from './public-series.js';

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

/** Errors are measured in what the series usually moves within the forecast's horizon. */
const scaleOf = ({ training, future }: HoldoutSeries, known: number): number =>
  typicalChange(training.slice(0, known), future.length);

/**
 * Errors at the last origins, a quarter apart, and at twelve spread over the whole history: the series share their
 * dates, so the last quarters alone show only one state of the market.
 */
function residualsOf({ series, choice }: OwnForecast): BacktestResidual[] {
  const { training, future, frequency, start } = series;
  const known = { values: training, frequency, start };
  const recent = backtestResiduals(choice.result);
  const recentOrigins = new Set(recent.map(({ origin }) => origin));
  const replay = replayChoice(choice, known, defaultCandidates(frequency), { horizon: future.length });
  return [...backtestResiduals(replay).filter(({ origin }) => !recentOrigins.has(origin)), ...recent];
}

function calibrationPoints(own: OwnForecast): CalibrationPoint[] {
  const group = bandOf(own.series.training.length);
  const residuals = residualsOf(own);
  const scales = new Map(
    [...new Set(residuals.map(({ origin }) => origin))].map((at) => [at, scaleOf(own.series, at)]),
  );
  return residuals.map(({ origin, step, residual }) => ({
    horizon: step,
    mean: 0,
    actual: residual,
    group,
    scale: scales.get(origin)!,
  }));
}

interface BandPoint {
  readonly group: string;
  readonly actual: number;
  readonly low: number;
  readonly high: number;
}

function coverageRow(level: number, part: string, points: readonly BandPoint[]): BenchmarkRow {
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
  });
}

/** @param at - position of the level. */
function bandsOf(state: ConformalState, own: OwnForecast, at: number): BandPoint[] {
  const { series, mean } = own;
  const group = bandOf(series.training.length);
  const scale = scaleOf(series, series.training.length);
  return series.future.map((actual, i) => {
    const { low, high } = conformalBands(state, { horizon: i + 1, mean: mean[i]!, scale, group })[at]!;
    return { group, actual, low, high };
  });
}

/** Coverage of conformal bands on the official test, all points and split by length of history. */
export function intervalRows(own: readonly OwnForecast[]): BenchmarkRow[] {
  const state = fitConformal(own.flatMap(calibrationPoints), { levels: LEVELS, buckets: BUCKETS });
  return LEVELS.flatMap((level, at) => {
    const points = own.flatMap((forecast) => bandsOf(state, forecast, at));
    const parts = BANDS.map(({ name }) => ({ name, points: points.filter(({ group }) => group === name) }));
    return [
      coverageRow(level, 'all', points),
      ...parts.filter(({ points }) => points.length > 0).map(({ name, points }) => coverageRow(level, name, points)),
    ];
  });
}
