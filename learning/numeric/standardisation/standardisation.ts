import type { Matrix } from '../matrix/index.js';
import { tensor, type OnnxGraph } from '../../onnx/index.js';

/** Centre and spread of each column, (p,) each. */
export interface Standardisation {
  readonly center: Float64Array;
  /** Standard deviation; 1 for a column that does not vary. */
  readonly scale: Float64Array;
}

/** Mean and standard deviation (divisor n) of each column, by Welford's recurrence. @param x - (n, p), finite. */
export function fitStandardisation({ rows, cols, values }: Matrix): Standardisation {
  const center = new Float64Array(cols);
  const scale = new Float64Array(cols);
  for (let j = 0; j < cols; j++) {
    let [mean, squares] = [0, 0];
    for (let i = 0; i < rows; i++) {
      const step = values[i * cols + j]! - mean;
      mean += step / (i + 1);
      squares += step * (values[i * cols + j]! - mean);
    }
    center[j] = mean;
    scale[j] = Math.sqrt(squares / rows) || 1;
  }
  return { center, scale };
}

/**
 * Rows with mean 0 and deviation 1 in each column. Features are rounded to float32 first, as a graph sees them.
 * @param x - (m, p).  @returns a new (m, p).
 */
export function standardise({ center, scale }: Standardisation, x: Matrix): Matrix {
  const values = x.values.map((value, i) => (Math.fround(value) - center[i % x.cols]!) / scale[i % x.cols]!);
  return { rows: x.rows, cols: x.cols, values };
}

/**
 * Adds the same to a graph.
 * @param features - name of (rows, p) float32.  @param prefix - of the constants' names.
 * @returns name of (rows, p) float64.
 */
export function addStandardisation(
  graph: OnnxGraph,
  features: string,
  { center, scale }: Standardisation,
  prefix: string,
): string {
  const cols = center.length;
  const wide = graph.node('Cast', [features], { attributes: { to: { int: 11 } } });
  const centered = graph.node('Sub', [wide, graph.constant(`${prefix}/center`, tensor('float64', [cols], center))]);
  return graph.node('Div', [centered, graph.constant(`${prefix}/scale`, tensor('float64', [cols], scale))]);
}
