import { rocAuc } from '../../../learning/evaluation/metrics/index.js';
import { logSumExp } from '../../../learning/evaluation/calibration/temperature.js';

/** How unlike the intents a message is: larger = more likely out of scope. */
export const rejectionScores = ['probability', 'energy', 'margin'] as const;
export type RejectionScore = (typeof rejectionScores)[number];

const withoutClass = (values: ArrayLike<number>, stranger: number): number[] =>
  Array.from(values).filter((_, k) => k !== stranger);

function topTwo(values: readonly number[]): [number, number] {
  let [first, second] = [-Infinity, -Infinity];
  for (const value of values) {
    if (value > first) [first, second] = [value, first];
    else if (value > second) second = value;
  }
  return [first, second];
}

/**
 * @param scores - logits of all classes.  @param probabilities - of all classes.
 * @param stranger - position of the class that stands for out of scope, −1 = none.
 */
export function rejection(
  kind: RejectionScore,
  scores: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  stranger: number,
): number {
  const [first, second] = topTwo(withoutClass(probabilities, stranger));
  if (kind === 'probability') return 1 - first;
  if (kind === 'margin') return 1 - (first - Math.max(second, 0));
  const energy = logSumExp(withoutClass(scores, stranger));
  return stranger < 0 ? -energy : scores[stranger]! - energy;
}

export interface RejectionRows {
  readonly inScope: readonly number[];
  readonly strangers: readonly number[];
}

/** AUC-ROC of telling strangers by the score; null when either side is missing. */
export function rejectionAuc({ inScope, strangers }: RejectionRows): number | null {
  if (inScope.length === 0 || strangers.length === 0) return null;
  const labels = [...inScope.map(() => 0), ...strangers.map(() => 1)];
  return rocAuc(labels, [...inScope, ...strangers]);
}

/** The value above which the given share of in-scope rows lies. @returns null for none. */
export function thresholdFor(inScope: readonly number[], share: number): number | null {
  if (inScope.length === 0 || share === 0) return null;
  const sorted = Float64Array.from(inScope).sort();
  return sorted[Math.min(sorted.length - 1, Math.ceil((1 - share) * sorted.length) - 1)]!;
}
