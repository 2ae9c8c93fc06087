import type { Matrix } from '../../numeric/matrix/index.js';
import { tensor, type OnnxGraph } from '../../onnx/index.js';
import type { Random } from '../../numeric/random/index.js';

/** Standardised reference rows, (count, cols) row-major. */
export interface References {
  readonly cols: number;
  readonly values: Float32Array;
}

/** Squared distances below this mean that the row itself, or a duplicate, is among the references. */
export const SAME_ROW = 1e-9;

/** Draws rows without repetition. @param x - standardised. */
export function drawReferences(x: Matrix, count: number, random: Random): Float32Array {
  const drawn = random.permutation(x.rows).subarray(0, count);
  const values = new Float32Array(count * x.cols);
  drawn.forEach((row, k) => values.set(x.values.subarray(row * x.cols, (row + 1) * x.cols), k * x.cols));
  return values;
}

/** Writes the squared distance of one standardised row to each reference. */
export function squaredDistances(row: Float64Array, { cols, values }: References, result: Float64Array): void {
  for (let k = 0, at = 0; k < result.length; k++) {
    let sum = 0;
    for (let j = 0; j < cols; j++, at++) {
      const step = row[j]! - values[at]!;
      sum += step * step;
    }
    result[k] = sum;
  }
}

function transposed({ cols, values }: References): Float64Array {
  const count = values.length / cols;
  const result = new Float64Array(values.length);
  values.forEach((value, at) => (result[(at % cols) * count + Math.floor(at / cols)] = value));
  return result;
}

function squaredNorms({ cols, values }: References): Float64Array {
  const norms = new Float64Array(values.length / cols);
  values.forEach((value, at) => (norms[Math.floor(at / cols)]! += value * value));
  return norms;
}

/**
 * Adds |x|² − 2·x·r + |r|² for every row and reference, in float64, not below 0.
 * @param rows - name of (rows, cols) float64.  @returns name of (rows, references).
 */
export function addSquaredDistances(graph: OnnxGraph, rows: string, references: References, prefix: string): string {
  const count = references.values.length / references.cols;
  const constant = (name: string, dims: number[], values: Float64Array): string =>
    graph.constant(`${prefix}/${name}`, tensor('float64', dims, values));
  const own = graph.node('ReduceSumSquare', [rows], { attributes: { axes: { ints: [1] }, keepdims: { int: 1 } } });
  const products = graph.node('MatMul', [
    rows,
    constant('references', [references.cols, count], transposed(references)),
  ]);
  const doubled = graph.node('Mul', [products, constant('minus-two', [1], Float64Array.of(-2))]);
  const norms = graph.node('Add', [doubled, constant('norms', [count], squaredNorms(references))]);
  return graph.node('Max', [graph.node('Add', [norms, own]), constant('zero', [1], Float64Array.of(0))]);
}
