import { logSumExp } from '../../../learning/evaluation/calibration/temperature.js';

/** Scores for out-of-scope rejection; larger values mean less like the intents. */
export const rejectionScores = ['probability', 'energy', 'margin'] as const;
export type RejectionScore = (typeof rejectionScores)[number];

const withoutClass = (values: ArrayLike<number>, excluded: number): number[] =>
  Array.from(values).filter((_, k) => k !== excluded);

function topTwo(values: readonly number[]): [number, number] {
  let [first, second] = [-Infinity, -Infinity];
  for (const value of values) {
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
  }
  return [first, second];
}

/**
 * Rejection score of a message: 1 − maximum probability (Hendrycks & Gimpel 2017), 1 − margin of the two most probable
 * intents, or the energy (Liu et al. 2020).
 * @param scores - (classes,) logits.  @param probabilities - (classes,).
 * @param outOfScopeClass - position of the class for out-of-scope messages; −1 = none.
 */
export function rejectionScore(
  kind: RejectionScore,
  scores: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  outOfScopeClass: number,
): number {
  const [first, second] = topTwo(withoutClass(probabilities, outOfScopeClass));
  if (kind === 'probability') return 1 - first;
  if (kind === 'margin') return 1 - (first - Math.max(second, 0));
  const energy = logSumExp(withoutClass(scores, outOfScopeClass));
  return outOfScopeClass < 0 ? -energy : scores[outOfScopeClass]! - energy;
}
