import type { ComputeContext } from '../../../contracts/model-definition.js';
import { requireLength } from '../../checks.js';
import { dualAscentPath, logisticLink, softmaxLink, type SparseRows } from '../linear-text/index.js';
import type { Matrix } from '../../numeric/matrix/index.js';

/** Options of `logisticRegression`. */
export interface LogisticOptions {
  /** `softmax`: one class per row; `logistic`: one binary regression per class. */
  readonly link: 'softmax' | 'logistic';
  /** Inverse strength of the L2 penalty (scikit-learn's C) on rows scaled to unit mean square length. */
  readonly c: number;
  /** Relative duality gap. @default 0.01 */
  readonly tolerance?: number;
  /** Maximum number of epochs. @default 60 */
  readonly maxEpochs?: number;
}

/** Targets of a dense regression. */
export interface DenseTargets {
  readonly classes: number;
  /** (n, classes) row-major: the share of each class. */
  readonly values: Float32Array;
}

/** A fitted regression for rows as given, neither centred nor scaled. */
export interface LogisticModel {
  /** (p, classes) row-major. */
  readonly weights: Float32Array;
  /** (classes,) */
  readonly bias: Float32Array;
}

const rootMeanSquareLength = ({ rows, values }: Matrix): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / Math.max(1, rows)) || 1;

function columnMeans({ rows, cols, values }: Matrix): Float64Array {
  const means = new Float64Array(cols);
  for (let i = 0; i < values.length; i++) means[i % cols]! += values[i]! / rows;
  return means;
}

/** Dense rows, centred and scaled, in the sparse form that dual ascent takes. */
function toSparseRows({ rows, cols, values }: Matrix, means: Float64Array, scale: number): SparseRows {
  return {
    rows,
    cols,
    starts: Int32Array.from({ length: rows + 1 }, (_, row) => row * cols),
    indices: Int32Array.from({ length: rows * cols }, (_, i) => i % cols),
    values: Float32Array.from(values, (value, i) => (value - means[i % cols]!) / scale),
  };
}

/**
 * L2-penalised logistic regression on dense rows such as embeddings, by dual coordinate ascent. Rows are centred and
 * scaled to unit mean square length for fitting; the returned weights apply to rows as given. Deterministic given the
 * seed.
 * @param x - (n, p), finite.
 * @throws PipelineError `SHAPE_MISMATCH`.
 */
export function logisticRegression(
  context: ComputeContext,
  x: Matrix,
  targets: DenseTargets,
  { c, ...options }: LogisticOptions,
): LogisticModel {
  return logisticPath(context, x, targets, { ...options, penalties: [c] })[0]!;
}

/** As `logisticRegression`, for several values of C. @param options.penalties - ascending.  @returns one model for each. */
export function logisticPath(
  context: ComputeContext,
  x: Matrix,
  { classes, values }: DenseTargets,
  { link, penalties, tolerance = 0.01, maxEpochs = 60 }: Omit<LogisticOptions, 'c'> & { penalties: readonly number[] },
): LogisticModel[] {
  requireLength('targets', values.length, x.rows * classes);
  const means = columnMeans(x);
  const centred = { ...x, values: x.values.map((value, i) => value - means[i % x.cols]!) };
  const scale = rootMeanSquareLength(centred);
  const options = { classes, link: link === 'softmax' ? softmaxLink : logisticLink, penalties, tolerance, maxEpochs };
  const path = dualAscentPath(context, toSparseRows(x, means, scale), values.slice(), options);
  return path.map((fitted) => {
    const weights = fitted.weights.slice(0, x.cols * classes).map((weight) => weight / scale);
    const bias = fitted.weights.slice(x.cols * classes);
    for (let i = 0; i < weights.length; i++) bias[i % classes]! -= weights[i]! * means[Math.floor(i / classes)]!;
    return { weights, bias };
  });
}

/** Scores (logits) of dense rows. @param x - (n, p).  @returns (classes,) per row. */
export function scoreDense({ weights, bias }: LogisticModel, { rows, cols, values }: Matrix): Float64Array[] {
  return Array.from({ length: rows }, (_, row) => {
    const scores = Float64Array.from(bias);
    for (let j = 0; j < cols; j++) {
      const value = values[row * cols + j]!;
      for (let k = 0; k < scores.length; k++) scores[k]! += value * weights[j * scores.length + k]!;
    }
    return scores;
  });
}
