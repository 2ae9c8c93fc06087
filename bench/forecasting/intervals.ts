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

/** What a row of coverage is about. */
interface Covered {
  readonly set: string;
  readonly level: number;
  readonly part: string;
  /** Points of coverage. */
  readonly atMost: number;
}

function coverageRow({ set, level, part, atMost }: Covered, points: readonly BandPoint[]): BenchmarkRow {
  const share = intervalCoverage(
    points.map(({ actual }) => actual),
    points.map(({ low }) => low),
    points.map(({ high }) => high),
  );
  return benchmarkRow({
    name: `${set}, ${level * 100} % band, ${part}: distance of coverage from nominal (n = ${points.length})`,
    value: 100 * Math.abs(share - level),
    unit: `points (covers ${(100 * share).toFixed(1)} %)`,
    target: { atMost },
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
    const about = { set: 'M4 weekly', level, atMost: 3 };
    const points = own.flatMap((forecast) => bandsOf(state, forecast, at));
    const parts = BANDS.map(({ name }) => ({ name, points: points.filter(({ group }) => group === name) }));
    return [
      coverageRow({ ...about, part: 'all' }, points),
      ...parts
        .filter((part) => part.points.length > 0)
        .map((part) => coverageRow({ ...about, part: part.name }, part.points)),
    ];
  });
}

/** Bands that each series has from its own errors alone, by steps ahead. */
function singleBands({ series, bands }: OwnForecast, at: number, buckets: readonly number[]): BandPoint[] {
  return (bands ?? []).map((own, i) => {
    const { low, high } = own[at]!;
    const upTo = buckets.find((last) => i < last) ?? buckets.at(-1)!;
    return { group: `up to ${upTo} ahead`, actual: series.future[i]!, low, high };
  });
}

/**
 * Coverage of the bands of `ml forecast`, each series taken alone, by steps ahead; and how many series have none.
 * @param buckets - last step of each bucket.
 */
export function singleBandRows(set: string, own: readonly OwnForecast[], buckets: readonly number[]): BenchmarkRow[] {
  const rows = LEVELS.flatMap((level, at) => {
    const points = own.flatMap((forecast) => singleBands(forecast, at, buckets));
    const groups = [...new Set(points.map(({ group }) => group))];
    return groups.map((part) =>
      coverageRow(
        { set: `${set}, one series at a time`, level, part, atMost: 5 },
        points.filter(({ group }) => group === part),
      ),
    );
  });
  const without = own.filter(({ bands }) => bands === null).length;
  return [...rows, benchmarkRow({ name: `${set}: series without bands of their own`, value: without, unit: 'series' })];
}
