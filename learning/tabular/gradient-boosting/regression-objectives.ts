import { type BoostingRows, type Objective, weightOf } from './objective.js';
import { sum } from '../../numeric/statistics/sum.js';

const identity = (margin: number): number => margin;

function weightedMean(rows: BoostingRows, value: (row: number) => number): number {
  let sum = 0;
  let total = 0;
  for (let i = 0; i < rows.y.length; i++) {
    const weight = weightOf(rows, i);
    sum += weight * value(i);
    total += weight;
  }
  return sum / total;
}

/** Squared error; prediction = mean of the label. */
export const squared: Objective = {
  baseMargin: (y, weights) => Math.fround(weightedMean({ y, weights }, (row) => y[row]!)),
  derivatives(rows, margin, pairs) {
    for (let i = 0; i < margin.length; i++) {
      const weight = weightOf(rows, i);
      pairs[2 * i] = Math.fround((margin[i]! - rows.y[i]!) * weight);
      pairs[2 * i + 1] = Math.fround(weight);
    }
  },
  loss: (rows, margin) => weightedMean(rows, (row) => (rows.y[row]! - margin[row]!) ** 2),
  toPrediction: identity,
};

/** Definition 6 of Hyndman & Fan (1996), as XGBoost's `common::Quantile`. @param sorted - ascending, not empty. */
function plainQuantile(sorted: Float64Array, level: number): number {
  const n = sorted.length;
  if (level <= 1 / (n + 1)) return sorted[0]!;
  if (level >= n / (n + 1)) return sorted[n - 1]!;
  const position = level * (n + 1) - 1;
  const below = Math.floor(position);
  return sorted[below]! + (position - below) * (sorted[below + 1]! - sorted[below]!);
}

/** Smallest value below which at least `level` of the weight lies, as XGBoost's `common::WeightedQuantile`. */
function weightedQuantile(values: Float64Array, weights: Float64Array, level: number): number {
  const order = Array.from(values.keys()).sort((a, b) => values[a]! - values[b]!);
  const wanted = level * sum(weights);
  let reached = 0;
  for (const at of order) {
    reached += weights[at]!;
    if (reached >= wanted) return values[at]!;
  }
  return values[order.at(-1)!]!;
}

function quantileOf(values: Float64Array, weights: Float64Array | null, level: number): number {
  return weights === null ? plainQuantile(values.sort(), level) : weightedQuantile(values, weights, level);
}

/**
 * Pinball loss (Koenker & Bassett 1978); prediction = this quantile of the label. Its second derivative is 0, so trees
 * are grown on gradients with hessian 1 and each leaf then takes the quantile of its own residuals, as XGBoost's
 * `reg:quantileerror` does.
 */
export const quantile = (level: number): Objective => ({
  baseMargin: (y, weights) =>
    Math.fround(quantileOf(Float64Array.from(y), weights === null ? null : Float64Array.from(weights), level)),
  derivatives(rows, margin, pairs) {
    for (let i = 0; i < margin.length; i++) {
      const weight = weightOf(rows, i);
      pairs[2 * i] = Math.fround((margin[i]! >= rows.y[i]! ? 1 - level : -level) * weight);
      pairs[2 * i + 1] = Math.fround(weight);
    }
  },
  loss: (rows, margin) =>
    weightedMean(rows, (row) => {
      const residual = rows.y[row]! - margin[row]!;
      return residual >= 0 ? level * residual : (level - 1) * residual;
    }),
  toPrediction: identity,
  leafStep(rows, margin, leaf) {
    const residuals = Float64Array.from({ length: leaf.length }, (_, k) => rows.y[leaf[k]!]! - margin[leaf[k]!]!);
    const weights = rows.weights === null ? null : Float64Array.from(leaf, (row) => weightOf(rows, row));
    return quantileOf(residuals, weights, level);
  },
});
