import { mean } from '../../numeric/statistics/mean.js';
import type { Attribution } from './occlusion.js';

/** Ranks from 1, ascending; equal values share the mean of their ranks. */
function meanRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/**
 * Spearman's rank correlation of two attributions of the same parts of one text: 1 = the same order of importance,
 * 0 = unrelated, −1 = reversed. O(parts²).
 * @returns null when either gives all parts the same weight, or there are fewer than two.
 */
export function rankAgreement(ours: readonly Attribution[], theirs: readonly Attribution[]): number | null {
  const [a, b] = [ours, theirs].map((parts) => meanRanks(parts.map(({ weight }) => weight)));
  const [centreA, centreB] = [mean(a!), mean(b!)];
  let [product, squareA, squareB] = [0, 0, 0];
  a!.forEach((rank, i) => {
    const [x, y] = [rank - centreA, b![i]! - centreB];
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  });
  return squareA > 0 && squareB > 0 ? product / Math.sqrt(squareA * squareB) : null;
}
