import type { Comparison, Evaluation, Metric } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { requireAtLeast, requireFinite, requireLength, requireSameRows } from '../../checks.js';
import { mean } from '../../numeric/statistics/mean.js';
import { numberColumn } from '../../table.js';
import { resampledInterval } from './bootstrap.js';
import { resampledUncertainty } from './uncertainty.js';

/** Actual and predicted values of the same rows, (n,) each, in the target's unit; finite. */
export interface RegressionRows {
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

/** Rows as the table that a regression model's `score` returns. */
export function regressionTable({ actual, predicted }: RegressionRows): Table {
  const column = (values: ArrayLike<number>) => ({ kind: 'number' as const, values: Float64Array.from(values) });
  return { rowCount: actual.length, columns: { truth: column(actual), predicted: column(predicted) } };
}

/** @throws PipelineError `MISSING_COLUMN`, `TOO_FEW_ROWS` (none), `NOT_FINITE`. */
function readRows(table: Table): RegressionRows {
  const rows = { actual: numberColumn(table, 'truth'), predicted: numberColumn(table, 'predicted') };
  requireAtLeast('rows to measure', rows.actual.length, 1);
  requireFinite('truth', rows.actual);
  requireFinite('predicted', rows.predicted);
  return rows;
}

/** Sums over rows, each counted as often as it was drawn. */
interface ErrorSums {
  readonly n: number;
  readonly absolute: number;
  readonly squared: number;
  /** Of the actual values around their mean. */
  readonly variation: number;
}

/** @param times - how often each row counts. @default once */
function sumErrors({ actual, predicted }: RegressionRows, centre: number, times?: ArrayLike<number>): ErrorSums {
  let [n, absolute, squared, total, totalSquared] = [0, 0, 0, 0, 0];
  for (let row = 0; row < actual.length; row++) {
    const weight = times ? times[row]! : 1;
    const error = predicted[row]! - actual[row]!;
    // Around a fixed centre, so that no digits of a large mean are lost.
    const value = actual[row]! - centre;
    n += weight;
    absolute += weight * Math.abs(error);
    squared += weight * error * error;
    total += weight * value;
    totalSquared += weight * value * value;
  }
  return { n, absolute, squared, variation: Math.max(0, totalSquared - (total * total) / n) };
}

interface Measure {
  readonly name: string;
  readonly direction: Metric['direction'];
  readonly value: (sums: ErrorSums) => number;
}

/** Actual values that vary less count as constant: a ratio to less could be infinite. */
const SMALLEST_VARIATION = 1e-200;

/** Root of the mean squared error, mean absolute error, and R² as scikit-learn gives it for constant actual values. */
const measures = {
  rmse: { name: 'rmse', direction: 'lower', value: ({ squared, n }) => Math.sqrt(squared / n) },
  mae: { name: 'mae', direction: 'lower', value: ({ absolute, n }) => absolute / n },
  rSquared: {
    name: 'rSquared',
    direction: 'higher',
    value: ({ squared, variation }) =>
      variation > SMALLEST_VARIATION ? 1 - squared / variation : Number(squared === 0),
  },
} satisfies Record<string, Measure>;
export type RegressionMetric = keyof typeof measures;

/** Fewer resamples on large sets keep an evaluation within seconds; their interval is narrow anyway. */
const resamplesFor = (rows: number): number => (rows > 5000 ? 200 : 1000);

/**
 * RMSE, MAE (lower is better, in the target's unit) and R², each with a percentile bootstrap interval over rows.
 * Deterministic under the seed; O(resamples · n).
 */
export function regressionMetrics(rows: RegressionRows, seed: number, primary: RegressionMetric = 'rmse'): Metric[] {
  const n = rows.actual.length;
  const centre = mean(rows.actual);
  const all = sumErrors(rows, centre);
  const resamples = resamplesFor(n);
  const named = [measures[primary], ...Object.values(measures).filter(({ name }) => name !== primary)];
  return named.map(({ name, direction, value }) => {
    const uncertainty = resampledUncertainty({ size: n }, () =>
      resampledInterval(n, { seed, resamples }, (times) => value(sumErrors(rows, centre, times))),
    );
    return { name, value: value(all), direction, n, ...uncertainty };
  });
}

/**
 * What a regression model's `evaluate` returns: metrics and a note, from the table of its `score`.
 * @param primary - the model's primary metric, which comes first. @default 'rmse'
 * @throws PipelineError `MISSING_COLUMN`, `TOO_FEW_ROWS` (none), `NOT_FINITE`.
 */
export function evaluateRegression(
  scored: Table,
  { seed }: Pick<ComputeContext, 'seed'>,
  primary: RegressionMetric = 'rmse',
): Evaluation {
  const rows = readRows(scored);
  const notes = [`${rows.actual.length} held-out rows`];
  return { metrics: regressionMetrics(rows, seed, primary), slices: [], plots: [], notes };
}

export interface RegressionComparison {
  readonly against: Comparison['against'];
  readonly seed: number;
  /** @default 'rmse' */
  readonly metric?: RegressionMetric;
}

/**
 * Two models on the same rows in the same order: each resample draws rows once for both. The difference is positive
 * when the challenger is better, so a lower RMSE counts as a gain.
 * @throws PipelineError `SHAPE_MISMATCH` when the rows differ; `MISSING_COLUMN`, `TOO_FEW_ROWS`, `NOT_FINITE`.
 */
export function compareRegression(
  challenger: Table,
  other: Table,
  { against, seed, metric = 'rmse' }: RegressionComparison,
): Comparison {
  const [ours, theirs] = [readRows(challenger), readRows(other)];
  const n = ours.actual.length;
  requireLength('the other table', theirs.actual.length, n);
  requireSameRows(Array.from(ours.actual).every((value, row) => value === theirs.actual[row]));
  const centre = mean(ours.actual);
  const { direction, value } = measures[metric];
  const valueOf = (rows: RegressionRows, times?: ArrayLike<number>): number => value(sumErrors(rows, centre, times));
  const [first, second] = direction === 'lower' ? [theirs, ours] : [ours, theirs];
  const difference = (times?: ArrayLike<number>): number => valueOf(first, times) - valueOf(second, times);
  return {
    against,
    metric,
    challenger: valueOf(ours),
    other: valueOf(theirs),
    difference: difference(),
    interval: resampledInterval(n, { seed, resamples: resamplesFor(n) }, difference),
    n,
  };
}
