import { PipelineError } from '../../../contracts/errors.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { HISTOGRAM_BINS } from './histogram-kernel.js';
import { quantileCuts } from './quantile-cuts.js';
import { sortedRows } from './sort-column.js';

/** The bin of a missing value, in features that have any; the others may use it for values. */
export const MISSING_BIN = HISTOGRAM_BINS - 1;

/** How a feature was cut into bins. */
export interface BinnedFeature {
  /** Bin b holds cuts[b − 1] ≤ x < cuts[b]. */
  readonly cuts: Float32Array;
  readonly hasMissing: boolean;
}

/**
 * The matrix in float32, the precision of thresholds here and in ONNX.
 * @throws PipelineError `NOT_FINITE` for a number beyond float32's range.
 */
export function toFloat32(x: Matrix): Float32Array {
  const narrow = Float32Array.from(x.values);
  const overflow = narrow.findIndex((value) => Math.abs(value) === Infinity);
  if (overflow < 0) return narrow;
  const [row, column] = [Math.floor(overflow / x.cols), overflow % x.cols];
  throw new PipelineError('NOT_FINITE', `x[${row}, ${column}] is beyond the range of float32`, { row, column });
}

interface SortedColumn {
  readonly values: Float32Array;
  /** In the order of `values`; null when all rows weigh 1. */
  readonly weights: Float64Array | null;
}

function sortColumn(column: Float32Array, weights: ArrayLike<number> | null): SortedColumn {
  let rows = sortedRows(column);
  if (weights) rows = rows.filter((row) => weights[row]! > 0);
  const values = new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) values[i] = column[rows[i]!]!;
  return { values, weights: weights && Float64Array.from(rows, (row) => weights[row]!) };
}

/** The number of cuts that are ≤ value; a value beyond the last cut shares the last bin. */
export function findBin(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The uint8 bins that `binColumns` fills in. */
export interface BinTarget {
  readonly bins: Uint8Array;
  readonly stride: number;
}

function binColumn(column: Float32Array, feature: number, cuts: Float32Array, target: BinTarget): void {
  let cell = feature;
  for (const value of column) {
    target.bins[cell] = Number.isNaN(value) ? MISSING_BIN : findBin(cuts, value);
    cell += target.stride;
  }
}

/**
 * Cuts every feature at its own quantiles and writes each cell's bin.
 * @param x - (n, features) float32, row-major; NaN is missing.
 */
export function binColumns(
  x: { readonly rows: number; readonly cols: number; readonly values: Float32Array },
  weights: ArrayLike<number> | null,
  maxBins: number,
  target: BinTarget,
): BinnedFeature[] {
  const column = new Float32Array(x.rows);
  return Array.from({ length: x.cols }, (_, feature) => {
    for (let row = 0; row < x.rows; row++) column[row] = x.values[row * x.cols + feature]!;
    const hasMissing = column.some(Number.isNaN);
    const sorted = sortColumn(column, weights);
    const cuts = quantileCuts(sorted.values, sorted.weights, hasMissing ? Math.min(maxBins, MISSING_BIN) : maxBins);
    binColumn(column, feature, cuts, target);
    return { cuts, hasMissing };
  });
}
