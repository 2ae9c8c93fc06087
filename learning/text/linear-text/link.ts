/** Link function of a regression: its loss at zero and the dual ascent step of one row. */
export interface Link {
  readonly name: 'softmax' | 'logistic';
  /** Loss of a row with zero scores, in nats. */
  lossAtZero(classes: number): number;
  /**
   * Takes the dual ascent step of one row.
   * @param scores - (classes,) scores under the current weights; overwritten.
   * @param dual - (classes,) dual probabilities, updated in place.
   * @param scale - C · ‖x‖², the effect of the step on the row's own scores.
   * @param step - (classes,) output: the change of `dual`.
   * @returns the row's duality gap before the step, and whether `dual` changed.
   */
  step(
    scores: Float64Array,
    dual: Float32Array,
    scale: number,
    step: Float64Array,
  ): { readonly gap: number; readonly moved: boolean };
}

/** Smaller steps are below rounding. */
const MINIMUM_MOVE = 1e-7;
const MINIMUM_PROBABILITY = 1e-30;

/** Replaces scores by their softmax, in place. @returns their log-sum-exp. */
export function softmaxInPlace(scores: Float64Array): number {
  let largest = -Infinity;
  for (const score of scores) if (score > largest) largest = score;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k]! - largest);
    sum += scores[k]!;
  }
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum;
  return largest + Math.log(sum);
}

/** Multinomial regression. A row's gap is the Kullback–Leibler divergence of its dual probabilities from the model's. */
export const softmaxLink: Link = {
  name: 'softmax',
  lossAtZero: (classes) => Math.log(classes),
  step(scores, dual, scale, step) {
    softmaxInPlace(scores);
    let [gap, l1, squared] = [0, 0, 0];
    for (let k = 0; k < dual.length; k++) {
      const p = dual[k]!;
      const move = scores[k]! - p;
      step[k] = move;
      l1 += Math.abs(move);
      squared += move * move;
      if (p > MINIMUM_PROBABILITY) gap += p * Math.log(p / Math.max(scores[k]!, MINIMUM_PROBABILITY));
    }
    if (l1 < MINIMUM_MOVE) return { gap: Math.max(0, gap), moved: false };
    const curvature = Math.max(2 * squared, l1 * l1);
    const share = Math.min(1, (gap + curvature / 2) / (curvature + squared * scale));
    for (let k = 0; k < dual.length; k++) {
      step[k]! *= share;
      dual[k]! += step[k]!;
    }
    return { gap: Math.max(0, gap), moved: true };
  },
};

/** One term of the Kullback–Leibler divergence. */
const divergenceTerm = (p: number, q: number): number =>
  p > MINIMUM_PROBABILITY ? p * Math.log(p / Math.max(q, MINIMUM_PROBABILITY)) : 0;

/** One binary regression per class. A row's gap is the sum of the binary divergences. */
export const logisticLink: Link = {
  name: 'logistic',
  lossAtZero: (classes) => classes * Math.LN2,
  step(scores, dual, scale, step) {
    let [total, moved] = [0, false];
    for (let k = 0; k < dual.length; k++) {
      const p = dual[k]!;
      const q = 1 / (1 + Math.exp(-scores[k]!));
      const gap = Math.max(0, divergenceTerm(p, q) + divergenceTerm(1 - p, 1 - q));
      total += gap;
      const square = (q - p) ** 2;
      const share = square > MINIMUM_MOVE ** 2 ? Math.min(1, (gap + 2 * square) / (square * (4 + scale))) : 0;
      step[k] = share * (q - p);
      dual[k]! += step[k]!;
      moved ||= share > 0;
    }
    return { gap: total, moved };
  },
};
