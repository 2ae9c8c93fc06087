import { notBinary, singleClass } from '../../checks.js';

/** A loss that boosting minimises, by its first and second derivative in the margin. */
export interface Objective {
  /** @throws PipelineError when these labels cannot be learned. @returns the margin that all trees start from. */
  baseMargin(y: ArrayLike<number>, weights: ArrayLike<number> | null): number;
  /** Writes gradient and hessian of row i to `pairs[2i]` and `pairs[2i + 1]`, times the row's weight, as float32. */
  derivatives(rows: BoostingRows, margin: Float32Array, pairs: Float64Array): void;
  /** Mean loss of margins. */
  loss(rows: BoostingRows, margin: ArrayLike<number>): number;
  /** Turns a margin into what `predict` returns. */
  readonly toPrediction: (margin: number) => number;
  /**
   * The best step of a finished leaf where gradients do not determine it (a constant hessian does not describe the
   * loss). @param leaf - numbers of its rows.  @returns the step before `eta`.
   */
  readonly leafStep?: (rows: BoostingRows, margin: Float32Array, leaf: ArrayLike<number>) => number;
}

/** Labels and weights of the rows that are learned from. */
export interface BoostingRows {
  readonly y: ArrayLike<number>;
  /** Null for all 1. */
  readonly weights: ArrayLike<number> | null;
}

export const weightOf = ({ weights }: Pick<BoostingRows, 'weights'>, row: number): number =>
  weights === null ? 1 : weights[row]!;

export const sigmoid = (margin: number): number => 1 / (1 + Math.exp(-margin));

/** Lower bound of the hessian for predictions near 0 or 1, as in XGBoost. */
const SMALLEST_HESSIAN = 1e-16;

function positiveShare(y: ArrayLike<number>, weights: ArrayLike<number> | null): number {
  let positive = 0;
  let total = 0;
  for (let i = 0; i < y.length; i++) {
    const label = y[i]!;
    if (label !== 0 && label !== 1) {
      throw notBinary(`row ${i}`, { row: i });
    }
    const weight = weights ? weights[i]! : 1;
    positive += weight * label;
    total += weight;
  }
  return positive / total;
}

/** Binary cross-entropy; labels 0 and 1, prediction = probability of 1. */
export const logistic: Objective = {
  baseMargin(y, weights) {
    const share = positiveShare(y, weights);
    if (share > 0 && share < 1) return Math.fround(Math.log(share / (1 - share)));
    throw singleClass(`${y.length} labels`);
  },
  derivatives({ y, weights }, margin, pairs) {
    for (let i = 0; i < margin.length; i++) {
      const probability = sigmoid(margin[i]!);
      const weight = weights ? weights[i]! : 1;
      pairs[2 * i] = Math.fround((probability - y[i]!) * weight);
      pairs[2 * i + 1] = Math.fround(Math.max(probability * (1 - probability), SMALLEST_HESSIAN) * weight);
    }
  },
  loss({ y, weights }, margin) {
    let sum = 0;
    let total = 0;
    for (let i = 0; i < margin.length; i++) {
      const weight = weights ? weights[i]! : 1;
      // −ln sigmoid(±margin), written so that it neither overflows nor loses digits.
      const against = y[i] === 1 ? -margin[i]! : margin[i]!;
      sum += weight * (Math.max(against, 0) + Math.log1p(Math.exp(-Math.abs(against))));
      total += weight;
    }
    return sum / total;
  },
  toPrediction: sigmoid,
};
