import { chiSquareTail, normalTails } from '../../../numeric/statistics/gamma.js';
import { sum } from '../../../numeric/statistics/sum.js';
import type { PairedCounts } from '../values/categories.js';

/**
 * χ² of goodness of fit of the current counts to the shares of the reference, which counts as known exactly; as
 * `scipy.stats.chisquare`. A category that the reference lacks makes it infinite.
 */
export function goodnessOfFit({ reference, current }: PairedCounts): { statistic: number; pValue: number } {
  const scale = sum(current) / sum(reference);
  const statistic = current.reduce((total, observed, i) => {
    const expected = reference[i]! * scale;
    return total + (observed - expected) ** 2 / expected;
  }, 0);
  return { statistic, pValue: chiSquareTail(statistic, current.length - 1) };
}

/** χ² of homogeneity of two samples, both of which are uncertain. O(k). @param counts - each cell filled on one side at least. */
export function homogeneity({ reference, current }: PairedCounts): { statistic: number; pValue: number } {
  const [n, m] = [sum(reference), sum(current)];
  let statistic = 0;
  reference.forEach((before, i) => {
    const both = before + current[i]!;
    const [expectedBefore, expectedAfter] = [(both * n) / (n + m), (both * m) / (n + m)];
    statistic += (before - expectedBefore) ** 2 / expectedBefore + (current[i]! - expectedAfter) ** 2 / expectedAfter;
  });
  return { statistic, pValue: chiSquareTail(statistic, reference.length - 1) };
}

/** Z-test of two proportions with the pooled variance, two-sided. @param hits, rows - of reference and window. */
export function proportionTest(
  hits: readonly [number, number],
  rows: readonly [number, number],
): { statistic: number; pValue: number } {
  const pooled = (hits[0] + hits[1]) / (rows[0] + rows[1]);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / rows[0] + 1 / rows[1]));
  const statistic = error > 0 ? (hits[0] / rows[0] - hits[1] / rows[1]) / error : 0;
  return { statistic, pValue: normalTails(Math.abs(statistic)) };
}

/**
 * Jensen–Shannon distance: the root of the divergence, natural logarithm, as `scipy.spatial.distance.jensenshannon`.
 * @param reference, current - (k,) counts or shares with a positive sum.  @returns 0 … √ln 2.
 */
export function jensenShannon({ reference, current }: PairedCounts): number {
  const [n, m] = [sum(reference), sum(current)];
  let divergence = 0;
  reference.forEach((count, i) => {
    const [p, q] = [count / n, current[i]! / m];
    const middle = (p + q) / 2;
    if (p > 0) divergence += p * Math.log(p / middle);
    if (q > 0) divergence += q * Math.log(q / middle);
  });
  return Math.sqrt(Math.max(0, divergence / 2));
}
