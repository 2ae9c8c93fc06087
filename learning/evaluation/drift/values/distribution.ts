import { type SortSpace, sortFinite } from './sort-values.js';

/** Distinct numbers with their weights: of rows, or of the clusters of a sketch. */
export interface Distribution {
  /** (k,) ascending. */
  readonly values: Float64Array;
  /** (k,) > 0. */
  readonly weights: Float64Array;
  /** Sum of the weights. */
  readonly rows: number;
  readonly missing: number;
  readonly infinite: number;
  readonly mean: number;
  /** Population standard deviation. */
  readonly deviation: number;
}

/** Mean and population standard deviation, in two passes. */
function moments(values: Float64Array): { mean: number; deviation: number } {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  const mean = total / values.length;
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - mean) * (values[i]! - mean);
  return { mean, deviation: Math.sqrt(squares / values.length) };
}

/** Merges equal neighbours. @param values - ascending; overwritten. @returns number of distinct values. */
function countEqual(values: Float64Array, weights: Float64Array): number {
  let k = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (k > 0 && values[k - 1] === value) weights[k - 1]! += 1;
    else {
      values[k] = value;
      weights[k] = 1;
      k++;
    }
  }
  return k;
}

/** Memory for the distributions of a reference and a window, shared by the columns of a data set. */
export interface DistributionSpace {
  readonly sort: SortSpace;
  weights: Float64Array;
}

/** The distribution of a column. Its arrays are views into the space, valid until its next use. O(n). */
export function distributionOf(column: Float64Array, space: DistributionSpace): Distribution {
  const { values, missing, infinite } = sortFinite(column, space.sort);
  const statistics = moments(values);
  if (space.weights.length < values.length) space.weights = new Float64Array(values.length);
  const k = countEqual(values, space.weights);
  return {
    values: values.subarray(0, k),
    weights: space.weights.subarray(0, k),
    rows: column.length - missing - infinite,
    missing,
    infinite,
    ...statistics,
  };
}

export interface Distances {
  /** Largest gap of the two cumulative distributions, 0 … 1 (Kolmogorov–Smirnov). */
  readonly gap: number;
  /** Area between the two cumulative distributions, in the unit of the values (first Wasserstein distance). */
  readonly area: number;
  /** Distinct values in both together. */
  readonly distinct: number;
}

/** Kolmogorov–Smirnov and Wasserstein distance of two distributions, each of at least one row. O(k). */
export function distancesOf(a: Distribution, b: Distribution): Distances {
  let [i, j, distinct, gap, area] = [0, 0, 0, 0, 0];
  let [sumA, sumB, difference] = [0, 0, 0];
  let previous = Math.min(a.values[0]!, b.values[0]!);
  const [ka, kb] = [a.values.length, b.values.length];
  while (i < ka || j < kb) {
    const [nextA, nextB] = [i < ka ? a.values[i]! : Infinity, j < kb ? b.values[j]! : Infinity];
    const value = nextA < nextB ? nextA : nextB;
    area += difference * (value - previous);
    if (nextA === value) sumA += a.weights[i++]!;
    if (nextB === value) sumB += b.weights[j++]!;
    difference = Math.abs(sumA / a.rows - sumB / b.rows);
    if (difference > gap) gap = difference;
    previous = value;
    distinct++;
  }
  return { gap, area, distinct };
}
