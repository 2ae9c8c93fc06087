/** How scores become probabilities, and the step that dual ascent takes for one row. */
export interface Link {
  readonly name: 'softmax' | 'logistic';
  /** Loss of a row that knows nothing, in nats. */
  lossAtZero(classes: number): number;
  /**
   * @param scores - of the row under the present weights; overwritten.
   * @param dual - the row's dual probabilities, moved in place.
   * @param reach - C · ‖x‖²: how far the row's scores follow its own step.
   * @param step - receives the change of `dual`.
   * @returns the row's duality gap before the step.
   */
  step(
    scores: Float64Array,
    dual: Float32Array,
    reach: number,
    step: Float64Array,
  ): { readonly gap: number; readonly moved: boolean };
}

/** Smaller moves are rounding. */
const SMALLEST_MOVE = 1e-7;
const SMALLEST_PROBABILITY = 1e-30;

/** Replaces scores by probabilities; returns their log-sum-exp. */
export function softmaxInPlace(scores: Float64Array): number {
  let top = -Infinity;
  for (const score of scores) if (score > top) top = score;
  let sum = 0;
  for (let k = 0; k < scores.length; k++) {
    scores[k] = Math.exp(scores[k]! - top);
    sum += scores[k]!;
  }
  for (let k = 0; k < scores.length; k++) scores[k]! /= sum;
  return top + Math.log(sum);
}

/** The gap of a softmax row is the Kullback-Leibler divergence of its dual probabilities from the model's. */
export const softmaxLink: Link = {
  name: 'softmax',
  lossAtZero: (classes) => Math.log(classes),
  step(scores, dual, reach, step) {
    softmaxInPlace(scores);
    let [gap, one, two] = [0, 0, 0];
    for (let k = 0; k < dual.length; k++) {
      const p = dual[k]!;
      const move = scores[k]! - p;
      step[k] = move;
      one += Math.abs(move);
      two += move * move;
      if (p > SMALLEST_PROBABILITY) gap += p * Math.log(p / Math.max(scores[k]!, SMALLEST_PROBABILITY));
    }
    if (one < SMALLEST_MOVE) return { gap: Math.max(0, gap), moved: false };
    const curvature = Math.max(2 * two, one * one);
    const share = Math.min(1, (gap + curvature / 2) / (curvature + two * reach));
    for (let k = 0; k < dual.length; k++) {
      step[k]! *= share;
      dual[k]! += step[k]!;
    }
    return { gap: Math.max(0, gap), moved: true };
  },
};

const entropyPart = (p: number, q: number): number =>
  p > SMALLEST_PROBABILITY ? p * Math.log(p / Math.max(q, SMALLEST_PROBABILITY)) : 0;

/** Each class a question of its own: the gap is the sum of the binary divergences. */
export const logisticLink: Link = {
  name: 'logistic',
  lossAtZero: (classes) => classes * Math.LN2,
  step(scores, dual, reach, step) {
    let [total, moved] = [0, false];
    for (let k = 0; k < dual.length; k++) {
      const p = dual[k]!;
      const q = 1 / (1 + Math.exp(-scores[k]!));
      const gap = Math.max(0, entropyPart(p, q) + entropyPart(1 - p, 1 - q));
      total += gap;
      const square = (q - p) ** 2;
      const share = square > SMALLEST_MOVE ** 2 ? Math.min(1, (gap + 2 * square) / (square * (4 + reach))) : 0;
      step[k] = share * (q - p);
      dual[k]! += step[k]!;
      moved ||= share > 0;
    }
    return { gap: total, moved };
  },
};
