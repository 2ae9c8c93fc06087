import { requireAtLeast, requireLength } from '../../checks.js';
import { sum } from '../../numeric/statistics/sum.js';

/** Separate forecasts of a total and of the parts that add up to it. */
export interface BaseForecasts {
  readonly total: number;
  /** (n,) */
  readonly parts: ArrayLike<number>;
}

/** A total and parts that add up to it. */
export interface Reconciled {
  readonly total: number;
  readonly parts: Float64Array;
}

/** Error covariance of total and parts, in that order: (n + 1) × (n + 1) row-major. */
export type ErrorCovariance = Float64Array;

/** Bottom-up reconciliation: the parts unchanged, the total as their sum. */
export function bottomUp({ parts }: BaseForecasts): Reconciled {
  const values = Float64Array.from(parts);
  return { total: sum(values), parts: values };
}

/** Negative parts become 0, and the others are scaled so that they still add up to the total. */
function nonNegative({ total, parts }: Reconciled): Reconciled {
  const wanted = Math.max(0, total);
  const positive = parts.map((value) => Math.max(0, value));
  const found = sum(positive);
  if (found === 0) return { total: 0, parts: positive };
  return { total: wanted, parts: positive.map((value) => (value * wanted) / found) };
}

/**
 * Minimum-trace reconciliation of a two-level hierarchy (MinT; Wickramasuriya, Athanasopoulos and Hyndman 2019): the
 * discrepancy total − Σ parts is distributed so that the sum of the error variances is minimal,
 * ỹ = ŷ − W u (uᵀ W u)⁻¹ uᵀ ŷ with u = (1, −1, …, −1). A diagonal W is weighted least squares. O(n²).
 * @param covariance - of the base forecasts' errors; positive semi-definite.
 * @returns non-negative forecasts; the bottom-up ones when the discrepancy has variance 0.
 * @throws PipelineError `SHAPE_MISMATCH` when the covariance is not (n + 1) × (n + 1).
 */
export function minimumTrace(base: BaseForecasts, covariance: ErrorCovariance): Reconciled {
  const size = base.parts.length + 1;
  requireLength('the covariance', covariance.length, size * size, 'values');
  const contrast = (row: number): number => {
    let difference = covariance[row * size]!;
    for (let j = 1; j < size; j++) difference -= covariance[row * size + j]!;
    return difference;
  };
  const weights = Float64Array.from({ length: size }, (_, row) => contrast(row));
  const variance = weights.reduce((total, weight, row) => (row === 0 ? total + weight : total - weight), 0);
  const simple = bottomUp(base);

  if (!(variance > 0)) return nonNegative(simple);
  const discrepancy = base.total - simple.total;
  const parts = simple.parts.map((value, i) => value - (weights[i + 1]! * discrepancy) / variance);
  return nonNegative({ total: base.total - (weights[0]! * discrepancy) / variance, parts });
}

/** Diagonal covariance. @param variances - (n + 1,) of the total, then of each part. */
export function diagonalCovariance(variances: ArrayLike<number>): ErrorCovariance {
  const size = variances.length;
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = variances[i]!;
  return matrix;
}

function moments(errors: readonly ArrayLike<number>[], size: number): { mean: Float64Array; product: Float64Array } {
  const mean = new Float64Array(size);
  for (const row of errors) for (let i = 0; i < size; i++) mean[i]! += row[i]! / errors.length;
  const product = new Float64Array(size * size);
  for (const row of errors)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) product[i * size + j]! += (row[i]! - mean[i]!) * (row[j]! - mean[j]!);
  return { mean, product };
}

/** Shrinkage intensity in [0, 1]: estimated sampling variance of the correlations over their sum of squares. */
function shrinkage(standard: readonly Float64Array[], correlation: Float64Array, size: number): number {
  const n = standard.length;
  let [variance, square] = [0, 0];
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) {
      const r = correlation[i * size + j]!;
      let spread = 0;
      for (const row of standard) spread += (row[i]! * row[j]! - r) ** 2;
      variance += (spread * n) / (n - 1) ** 3;
      square += r * r;
    }
  return square > 0 ? Math.min(1, variance / square) : 1;
}

/**
 * Error covariance with correlations shrunk towards 0 (Schäfer and Strimmer 2005), as in MinT-shrink.
 * @param errors - at least 3 rows of (n + 1,): total, then parts.
 * @throws PipelineError `TOO_FEW_ROWS`.
 */
export function shrunkCovariance(errors: readonly ArrayLike<number>[]): ErrorCovariance {
  const n = errors.length;
  requireAtLeast('rows of errors', n, 3);
  const size = errors[0]!.length;
  const { mean, product } = moments(errors, size);
  const deviation = Float64Array.from({ length: size }, (_, i) => Math.sqrt(product[i * size + i]! / (n - 1)));
  const scale = (i: number): number => (deviation[i]! > 0 ? 1 / deviation[i]! : 0);
  const correlation = product.map((value, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return (value / (n - 1)) * scale(i) * scale(j);
  });
  const standard = errors.map((row) => Float64Array.from(mean, (center, i) => (row[i]! - center) * scale(i)));
  const keep = 1 - shrinkage(standard, correlation, size);
  return correlation.map((value, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return (i === j ? 1 : keep * value) * deviation[i]! * deviation[j]!;
  });
}
