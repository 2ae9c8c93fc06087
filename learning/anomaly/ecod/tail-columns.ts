import type { Matrix } from '../../numeric/matrix/index.js';
import { mean } from '../../numeric/statistics/mean.js';

/** One column's tail probabilities as steps: cell c holds the values in [knot c − 1, knot c). */
export interface TailColumn {
  /** (k) ascending, float32. */
  readonly knots: Float32Array;
  /** (k + 1) −ln P(value ≤ cell). */
  readonly low: Float32Array;
  /** (k + 1) −ln P(value ≥ cell). */
  readonly high: Float32Array;
  /** Whether the longer tail is the low one (negative skewness). */
  readonly leansLow: boolean;
}

const scratch = { float: new Float32Array(1), bits: new Int32Array(0) };
scratch.bits = new Int32Array(scratch.float.buffer);

/** The next larger float32. */
function nextFloat(value: number): number {
  if (value === 0) return 2 ** -149;
  scratch.float[0] = value;
  scratch.bits[0]! += value > 0 ? 1 : -1;
  return scratch.float[0];
}

/** Positions in a sorted column, geometrically denser towards both ends. */
function knotPositions(rows: number, knots: number): Set<number> {
  const positions = new Set<number>([0, rows - 1]);
  const each = knots / 2 - 1;
  for (let k = 0; k < each; k++) {
    const offset = Math.floor((rows / 2) ** (k / Math.max(each - 1, 1)));
    if (offset >= rows) break;
    positions.add(offset).add(rows - 1 - offset);
  }
  return positions;
}

/** Number of sorted values less than the bound. */
function countBelow(sorted: Float32Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isSkewedLow(sorted: Float32Array): boolean {
  const center = mean(sorted);
  return sorted.reduce((sum, value) => sum + (value - center) ** 3, 0) < 0;
}

function summariseColumn(sorted: Float32Array, wantedKnots: number): TailColumn {
  const rows = sorted.length;
  const values = [...knotPositions(rows, wantedKnots)].map((position) => sorted[position]!);
  const knots = Float32Array.from([...new Set([...values, nextFloat(sorted[rows - 1]!)])]).sort();
  // Values outside the training range count as half of one row.
  const surprise = (count: number): number => -Math.log(Math.max(count, 0.5) / rows);
  const below = Array.from(knots, (knot) => countBelow(sorted, knot));
  return {
    knots,
    low: Float32Array.from([...below.map(surprise), 0]),
    high: Float32Array.from([0, ...below.map((count) => surprise(rows - count))]),
    leansLow: isSkewedLow(sorted),
  };
}

/** @param x - (n, p), finite, n ≥ 1. */
export function summariseColumns(x: Matrix, knots: number): TailColumn[] {
  return Array.from({ length: x.cols }, (_, j) =>
    summariseColumn(Float32Array.from({ length: x.rows }, (__, i) => x.values[i * x.cols + j]!).sort(), knots),
  );
}

/** The cell a value falls into: the number of knots ≤ value. */
export function cellOf(knots: Float32Array, value: number): number {
  let [low, high] = [0, knots.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < knots[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}
