import { conformalBands, fitConformal, type CalibrationPoint } from '../../../learning/conformal/index.js';
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

/** Mean absolute weekly change in the last two years: what an error is measured in. */
function usualChange(training: readonly number[]): number {
  const recent = training.slice(-105);
  const changes = recent.slice(1).map((value, i) => Math.abs(value - recent[i]!));
  return Math.max(changes.reduce((sum, change) => sum + change, 0) / changes.length, Number.MIN_VALUE);
}

function calibrationPoints({ series, residuals }: OwnForecast): CalibrationPoint[] {
  const group = bandOf(series.training.length);
  return residuals.map(({ origin, step, residual }) => ({
    ...{ horizon: step, mean: 0, actual: residual, group },
    scale: usualChange(series.training.slice(0, origin)),
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

/** Coverage of conformal bands on the official test, all points and split by length of history. */
export function intervalRows(own: readonly OwnForecast[]): BenchmarkRow[] {
  const state = fitConformal(own.flatMap(calibrationPoints), { levels: LEVELS, buckets: BUCKETS });
  return LEVELS.flatMap((level, at) => {
    const judged = own.flatMap(({ series, forecast }) =>
      series.future.map((actual, i): Judged => {
        const group = bandOf(series.training.length);
        const point = { horizon: i + 1, mean: forecast.mean[i]!, scale: usualChange(series.training), group };
        const { low, high } = conformalBands(state, point)[at]!;
        return { group, actual, low, high };
      }),
    );
    const parts = BANDS.map(({ name }) => ({ name, points: judged.filter(({ group }) => group === name) }));
    return [
      coverageRow(level, 'all', judged),
      ...parts.filter(({ points }) => points.length > 0).map(({ name, points }) => coverageRow(level, name, points)),
    ];
  });
}
