import type { ComputeContext } from '../../../contracts/model-definition.js';
import { requireLength } from '../../checks.js';
import { dualAscent, logisticLink, softmaxLink, type SparseRows } from '../linear-text/index.js';
import type { Matrix } from '../../numeric/matrix/index.js';

export interface LogisticOptions {
  /** `softmax`: one class a row; `logistic`: each class a question of its own. */
  readonly link: 'softmax' | 'logistic';
  /** Inverse strength of the L2 penalty on rows scaled to unit mean square length, as scikit-learn's C. */
  readonly c: number;
  /** Relative duality gap. @default 0.01 */
  readonly tolerance?: number;
  /** @default 60 */
  readonly maxEpochs?: number;
}

export interface DenseTargets {
  readonly classes: number;
  /** (n, classes) row-major. */
  readonly values: Float32Array;
}

export interface LogisticModel {
  /** (p, classes) row-major, for rows as they were given. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

const meanLength = ({ rows, values }: Matrix): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, rows)) || 1;

function columnMeans({ rows, cols, values }: Matrix): Float64Array {
  const means = new Float64Array(cols);
  for (let i = 0; i < values.length; i++) means[i % cols]! += values[i]! / rows;
  return means;
}

/** Every row with every column, centred and scaled: dense data in the form that dual ascent takes. */
function asRows({ rows, cols, values }: Matrix, means: Float64Array, scale: number): SparseRows {
  return {
    rows,
    cols,
    starts: Int32Array.from({ length: rows + 1 }, (_, row) => row * cols),
    indices: Int32Array.from({ length: rows * cols }, (_, i) => i % cols),
    values: Float32Array.from(values, (value, i) => (value - means[i % cols]!) / scale),
  };
}

/**
 * L2-penalised logistic regression on dense rows, such as embeddings; exact up to the duality gap. Rows are centred and
 * scaled to unit mean square length first, and the answer is given back for rows as they are. Deterministic.
 * @param x - (n, p), finite.
 * @throws PipelineError `SHAPE_MISMATCH`.
 */
export function logisticRegression(
  context: ComputeContext,
  x: Matrix,
  { classes, values }: DenseTargets,
  { link, c, tolerance = 0.01, maxEpochs = 60 }: LogisticOptions,
): LogisticModel {
  requireLength('targets', values.length, x.rows * classes);
  const means = columnMeans(x);
  const centred = { ...x, values: x.values.map((value, i) => value - means[i % x.cols]!) };
  const scale = meanLength(centred);
  const options = { classes, link: link === 'softmax' ? softmaxLink : logisticLink, c, tolerance, maxEpochs };
  const found = dualAscent(context, asRows(x, means, scale), values.slice(), options);
  const weights = found.weights.slice(0, x.cols * classes).map((weight) => weight / scale);
  const bias = found.weights.slice(x.cols * classes);
  for (let i = 0; i < weights.length; i++) bias[i % classes]! -= weights[i]! * means[Math.floor(i / classes)]!;
  return { weights, bias };
}
