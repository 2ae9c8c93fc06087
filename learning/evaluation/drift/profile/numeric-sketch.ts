import { type Distribution } from '../values/distribution.js';

/** Distinct values up to which a sketch keeps each with its count: up to there it is exact. */
export const EXACT_VALUES = 2048;
/** Compression δ of the clusters above: at most so many, none of more than π/δ = 0.31 % of the rows. */
const COMPRESSION = 1000;
/** Points by which a cluster stands in for its rows when distributions are compared. */
const POINTS = 8;

/**
 * Numbers in constant memory: distinct values with their counts while they are few, else clusters of neighbours, finer towards
 * the ends (the merging t-digest of Dunning & Ertl 2019, scale function k₁). A value that holds more rows than a cluster may,
 * such as 0, stays a cluster of its own and exact.
 */
export interface NumericSketch {
  /** (k,) ascending means of the clusters. */
  readonly values: Float64Array;
  /** (k,) rows. */
  readonly weights: Float64Array;
  /** (k,) largest minus smallest value; 0 = one distinct value. */
  readonly widths: Float64Array;
  readonly rows: number;
  readonly missing: number;
  readonly infinite: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Scale function k₁: its steps of one bound the size of clusters. */
const scale = (q: number): number => (COMPRESSION / (2 * Math.PI)) * Math.asin(2 * Math.min(1, q) - 1);
const unscale = (k: number): number => (Math.sin(Math.min(COMPRESSION / 4, k) * ((2 * Math.PI) / COMPRESSION)) + 1) / 2;

type Clusters = Pick<NumericSketch, 'values' | 'weights' | 'widths'>;

/** Merges neighbours as far as the scale function allows. @param clusters - ascending.  @param rows - sum of the weights. */
function compress({ values, weights, widths }: Clusters, rows: number): Clusters {
  if (values.length <= EXACT_VALUES)
    return { values: values.slice(), weights: weights.slice(), widths: widths.slice() };
  const merged: { value: number; weight: number; low: number; high: number }[] = [];
  let [before, limit] = [0, 0];
  values.forEach((value, i) => {
    const weight = weights[i]!;
    const [low, high] = [value - widths[i]! / 2, value + widths[i]! / 2];
    const last = merged[merged.length - 1];
    if (last !== undefined && before + weight <= limit) {
      last.weight += weight;
      last.value += ((value - last.value) * weight) / last.weight;
      last.low = Math.min(last.low, low);
      last.high = Math.max(last.high, high);
    } else {
      merged.push({ value, weight, low, high });
      limit = rows * unscale(scale(before / rows) + 1);
    }
    before += weight;
  });
  return {
    values: Float64Array.from(merged, (cluster) => cluster.value),
    weights: Float64Array.from(merged, (cluster) => cluster.weight),
    widths: Float64Array.from(merged, (cluster) => cluster.high - cluster.low),
  };
}

/** The sketch of a column's distribution. O(k). */
export function sketchNumbers(distribution: Distribution): NumericSketch {
  const { values, weights, rows, missing, infinite, mean, deviation } = distribution;
  const clusters = compress({ values, weights, widths: new Float64Array(values.length) }, rows);
  return { ...clusters, rows, missing, infinite, mean: rows === 0 ? 0 : mean, deviation: rows === 0 ? 0 : deviation };
}

/** Clusters of both in ascending order; equal distinct values become one. */
function interleave(a: Clusters, b: Clusters): Clusters {
  const order = [...a.values.keys()]
    .map((i) => [a, i] as const)
    .concat([...b.values.keys()].map((i) => [b, i] as const));
  order.sort(([left, i], [right, j]) => left.values[i]! - right.values[j]! || left.widths[i]! - right.widths[j]!);
  const [values, weights, widths]: [number[], number[], number[]] = [[], [], []];
  for (const [from, i] of order) {
    const last = values.length - 1;
    if (from.widths[i] === 0 && last >= 0 && widths[last] === 0 && values[last] === from.values[i])
      weights[last]! += from.weights[i]!;
    else {
      values.push(from.values[i]!);
      weights.push(from.weights[i]!);
      widths.push(from.widths[i]!);
    }
  }
  return { values: Float64Array.from(values), weights: Float64Array.from(weights), widths: Float64Array.from(widths) };
}

/** The sketch of the rows of both: moments are exact to rounding, values as far as `compress` keeps them. O(k log k). */
export function mergeNumbers(a: NumericSketch, b: NumericSketch): NumericSketch {
  const rows = a.rows + b.rows;
  const counts = { rows, missing: a.missing + b.missing, infinite: a.infinite + b.infinite };
  if (rows === 0) return { ...a, ...counts };
  const mean = (a.mean * a.rows + b.mean * b.rows) / rows;
  const spread = (side: NumericSketch): number => (side.rows / rows) * (side.deviation ** 2 + (side.mean - mean) ** 2);
  return { ...compress(interleave(a, b), rows), ...counts, mean, deviation: Math.sqrt(spread(a) + spread(b)) };
}

/**
 * The distribution that a sketch stands for: a cluster is spread evenly over its width, not beyond the middle to its neighbours,
 * so that values ascend.
 */
export function distributionOfSketch(sketch: NumericSketch): Distribution {
  const { values, weights, widths, rows, missing, infinite, mean, deviation } = sketch;
  const rest = { rows, missing, infinite, mean, deviation };
  if (widths.every((width) => width === 0)) return { values, weights, ...rest };
  const [spreadValues, spreadWeights]: [number[], number[]] = [[], []];
  values.forEach((value, i) => {
    const points = widths[i] === 0 ? 1 : POINTS;
    const below = Math.min(widths[i]! / 2, (value - (values[i - 1] ?? -Infinity)) / 2);
    const above = Math.min(widths[i]! / 2, ((values[i + 1] ?? Infinity) - value) / 2);
    for (let point = 0; point < points; point++) {
      const offset = points === 1 ? 0 : ((point + 0.5) / points) * 2 - 1;
      spreadValues.push(value + offset * (offset < 0 ? below : above));
      spreadWeights.push(weights[i]! / points);
    }
  });
  return { values: Float64Array.from(spreadValues), weights: Float64Array.from(spreadWeights), ...rest };
}
