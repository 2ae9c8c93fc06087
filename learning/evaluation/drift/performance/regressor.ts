import { PipelineError } from '../../../../contracts/errors.js';
import { requireFinite, requireLength } from '../../../checks.js';
import { quietContext } from '../../../estimator.js';
import { type Matrix, matrix, selectMatrixRows } from '../../../numeric/matrix/index.js';
import { createRandom } from '../../../numeric/random/index.js';
import { mean } from '../../../numeric/statistics/mean.js';
import { gradientBoosting, type GradientBoostingState } from '../../../tabular/gradient-boosting/index.js';
import {
  ASSUMES_NO_CONCEPT_DRIFT,
  type Assumption,
  bandFactor,
  type EstimatedMetric,
  FEWEST_ROWS,
  originAssumption,
  type ReferenceOrigin,
  Z,
} from './estimate.js';

const FOLDS = 5;
/** Trees of the error model: shallow and few, since losses are noisy. */
const LOSS_MODEL = { objective: 'squared', nEstimators: 100, maxDepth: 4, eta: 0.1, minChildWeight: 20 } as const;
/** Features of a window that lie outside the reference, as a share of its cells. */
const MOST_OUTSIDE = 0.01;

/** Predicted rows with their features. */
export interface RegressorRows {
  /** (n, p), NaN is missing; p may be 0. */
  readonly features: Matrix;
  /** (n,) */
  readonly predictions: Float64Array;
}

/** Rows with known values that the model was not trained on. */
export interface RegressorReference extends RegressorRows {
  /** (n,) */
  readonly actuals: Float64Array;
  /** @default 'unknown' */
  readonly origin?: ReferenceOrigin;
  /** Of folds. @default 0 */
  readonly seed?: number;
}

type Loss = 'absolute' | 'squared';

interface LossModel {
  readonly state: GradientBoostingState;
  /** Mean loss of the reference. */
  readonly mean: number;
  /** Standard deviation of a row's loss around its prediction, on rows left out. */
  readonly residual: number;
  /** Share of the variance of the losses that is predicted on rows left out; may be negative. */
  readonly explained: number;
}

/** What a reference teaches, once for each model version: plain data, safe in `encodeState`. */
export interface RegressorEstimator {
  readonly schemaVersion: 1;
  readonly rows: number;
  readonly origin: ReferenceOrigin;
  readonly models: Readonly<Record<Loss, LossModel>> | null;
  /** (p + 1,) smallest and largest value of each feature and of the prediction. */
  readonly ranges: readonly (readonly [number, number])[];
  readonly undecided: string | null;
}

/** Features and prediction side by side. */
function withPrediction({ features, predictions }: RegressorRows): Matrix {
  requireLength('predictions', predictions.length, features.rows);
  requireFinite('predictions', predictions);
  const cols = features.cols + 1;
  const values = new Float64Array(features.rows * cols);
  for (let i = 0; i < features.rows; i++) {
    values.set(features.values.subarray(i * features.cols, (i + 1) * features.cols), i * cols);
    values[i * cols + features.cols] = predictions[i]!;
  }
  return matrix(features.rows, cols, values);
}

function crossPredicted(x: Matrix, y: Float64Array, seed: number): Float64Array {
  const order = createRandom(seed).fork('folds').permutation(x.rows);
  const predicted = new Float64Array(x.rows);
  for (let fold = 0; fold < FOLDS; fold++) {
    const [train, test] = [order.filter((_, i) => i % FOLDS !== fold), order.filter((_, i) => i % FOLDS === fold)];
    const labels = Float64Array.from(train, (row) => y[row]!);
    const state = gradientBoosting.fit(LOSS_MODEL, selectMatrixRows(x, train), labels, quietContext(seed));
    gradientBoosting.predict(state, selectMatrixRows(x, test)).forEach((value, i) => (predicted[test[i]!] = value));
  }
  return predicted;
}

const meanSquare = (values: Float64Array): number => mean(values.map((value) => value * value));

function fitLoss(x: Matrix, y: Float64Array, seed: number): LossModel {
  const predicted = crossPredicted(x, y, seed);
  const average = mean(y);
  const [left, all] = [
    meanSquare(y.map((loss, i) => loss - predicted[i]!)),
    meanSquare(y.map((loss) => loss - average)),
  ];
  return {
    state: gradientBoosting.fit(LOSS_MODEL, x, y, quietContext(seed)),
    mean: average,
    residual: Math.sqrt(left),
    explained: all > 0 ? 1 - left / all : 0,
  };
}

function rangesOf({ rows, cols, values }: Matrix): [number, number][] {
  return Array.from({ length: cols }, (_, j) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < rows; i++) {
      const value = values[i * cols + j]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return low <= high ? [low, high] : [0, 0];
  });
}

/**
 * Learns from rows with known values how large the losses of a regressor are, by its features and its prediction (direct loss
 * estimation, DLE): a gradient boosting model each of the absolute and the squared loss.
 * @throws PipelineError `SHAPE_MISMATCH`, `NOT_FINITE`.
 */
export function fitRegressorEstimator(reference: RegressorReference): RegressorEstimator {
  const { actuals, predictions, origin = 'unknown', seed = 0 } = reference;
  const x = withPrediction(reference);
  requireLength('actuals', actuals.length, x.rows);
  requireFinite('actuals', actuals);
  const few = x.rows < FEWEST_ROWS;
  const fit = (loss: (difference: number) => number): LossModel =>
    fitLoss(
      x,
      actuals.map((actual, i) => loss(actual - predictions[i]!)),
      seed,
    );
  return {
    schemaVersion: 1,
    rows: x.rows,
    origin,
    models: few ? null : { absolute: fit(Math.abs), squared: fit((difference) => difference ** 2) },
    ranges: rangesOf(x),
    undecided: few ? `the reference has ${x.rows} rows with known values, wanted ${FEWEST_ROWS}` : null,
  };
}

export interface RegressorEstimate {
  readonly rows: number;
  /** `mae` and `rmse` in the target's unit; [] when undecided. */
  readonly metrics: readonly EstimatedMetric[];
  readonly assumptions: readonly Assumption[];
  /** Why nothing is estimated. */
  readonly undecided: string | null;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function coverageAssumption({ ranges }: RegressorEstimator, x: Matrix): Assumption {
  let outside = 0;
  x.values.forEach((value, i) => {
    const [low, high] = ranges[i % x.cols]!;
    outside += Number(value < low || value > high);
  });
  const share = outside / x.values.length;
  return {
    name: 'covered-window',
    holds: share <= MOST_OUTSIDE,
    finding: `${percent(share)} of the values lie outside the reference, wanted at most ${percent(MOST_OUTSIDE)}`,
  };
}

const learnable = ({ explained }: LossModel): Assumption => ({
  name: 'learnable-errors',
  holds: explained > 0,
  finding: `${percent(explained)} of the variance of the absolute errors is predicted on rows left out, wanted more than 0`,
});

/** Mean loss of the window with the half width of its interval. */
function estimateLoss(fitted: RegressorEstimator, loss: Loss, x: Matrix): { value: number; half: number } {
  const model = fitted.models![loss];
  // A tree model does not extrapolate, but a sum of trees may fall below the least possible loss.
  const value = mean(gradientBoosting.predict(model.state, x).map((predicted) => Math.max(0, predicted)));
  return { value, half: (Z * model.residual * bandFactor(x.rows, fitted.rows)) / Math.sqrt(x.rows) };
}

/**
 * Estimates what known values of a window would show, from its features and predictions. It sees a shift of the features, and
 * not that their meaning changes.
 * @throws PipelineError `SHAPE_MISMATCH` for another number of features than the reference has, `NOT_FINITE`.
 */
export function estimateRegressorPerformance(fitted: RegressorEstimator, window: RegressorRows): RegressorEstimate {
  const x = withPrediction(window);
  if (x.cols !== fitted.ranges.length)
    throw new PipelineError(
      'SHAPE_MISMATCH',
      `the window has ${x.cols - 1} features, wanted ${fitted.ranges.length - 1}`,
    );
  const undecided = fitted.undecided ?? (x.rows === 0 ? 'the window has no rows' : null);
  const origin = originAssumption(fitted.origin);
  if (undecided !== null || fitted.models === null)
    return { rows: x.rows, metrics: [], assumptions: [origin, ASSUMES_NO_CONCEPT_DRIFT], undecided };
  const { absolute, squared } = fitted.models;
  const [mae, mse] = [estimateLoss(fitted, 'absolute', x), estimateLoss(fitted, 'squared', x)];
  const root = (square: number): number => Math.sqrt(Math.max(0, square));
  return {
    rows: x.rows,
    metrics: [
      {
        name: 'mae',
        value: mae.value,
        low: Math.max(0, mae.value - mae.half),
        high: mae.value + mae.half,
        reference: absolute.mean,
      },
      {
        name: 'rmse',
        value: root(mse.value),
        low: root(mse.value - mse.half),
        high: root(mse.value + mse.half),
        reference: root(squared.mean),
      },
    ],
    assumptions: [origin, learnable(absolute), coverageAssumption(fitted, x), ASSUMES_NO_CONCEPT_DRIFT],
    undecided: null,
  };
}
