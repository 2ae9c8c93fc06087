import { logSumExp } from '../../../learning/evaluation/calibration/temperature.js';

/** Scores for out-of-scope rejection; larger values mean less like the intents. */
export const rejectionScores = ['logit', 'probability', 'energy', 'margin'] as const;
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
 * Rejection score of a message: minus the highest logit (Hendrycks et al. 2022), 1 − maximum probability (Hendrycks &
 * Gimpel 2017), the energy (Liu et al. 2020), or 1 − margin of the two most probable intents. A class for out-of-scope
 * messages is the reference of logit and energy.
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
  const inScope = withoutClass(scores, outOfScopeClass);
  const evidence = kind === 'logit' ? topTwo(inScope)[0] : logSumExp(inScope);
  return (outOfScopeClass < 0 ? 0 : scores[outOfScopeClass]!) - evidence;
}
