import type { Random } from '../../../numeric/random/index.js';
import { sum } from '../../../numeric/statistics/sum.js';
import type { PairedCounts } from '../values/categories.js';

/** Resamples at least as extreme after which the p-value is precise enough (Besag & Clifford 1991). */
const ENOUGH_EXTREME = 50;
/** Statistics that differ by rounding alone are equal. */
const EQUAL = 1e-9;

export interface PermutationOptions {
  readonly random: Random;
  /** Most resamples; the smallest p-value is 1 / (resamples + 1). */
  readonly resamples: number;
}

/** The cell of each row of both sides. */
function pooledCells({ reference, current }: PairedCounts): Int32Array {
  const cells = new Int32Array(sum(reference) + sum(current));
  let at = 0;
  reference.forEach((count, cell) => {
    cells.fill(cell, at, at + count + current[cell]!);
    at += count + current[cell]!;
  });
  return cells;
}

/** Draws the rows of the reference anew: the first `n` of a Fisher–Yates shuffle. */
function drawReference(cells: Int32Array, n: number, counts: Int32Array, random: Random): void {
  counts.fill(0);
  for (let i = 0; i < n; i++) {
    const j = i + random.integer(cells.length - i);
    const cell = cells[j]!;
    cells[j] = cells[i]!;
    cells[i] = cell;
    counts[cell]! += 1;
  }
}

/** A statistic of the counts of the reference, given the counts of both sides together. */
export type CountStatistic = (
  reference: ArrayLike<number>,
  both: readonly number[],
  rows: readonly [number, number],
) => number;

/** Kolmogorov–Smirnov distance over ordered cells. */
export const gapStatistic: CountStatistic = (reference, both, [n, m]) => {
  let [before, after, gap] = [0, 0, 0];
  both.forEach((count, cell) => {
    before += reference[cell]!;
    after += count - reference[cell]!;
    gap = Math.max(gap, Math.abs(before / n - after / m));
  });
  return gap;
};

/** χ² of homogeneity. */
export const chiSquareStatistic: CountStatistic = (reference, both, [n, m]) => {
  const share = n / (n + m);
  let total = 0;
  both.forEach((count, cell) => {
    const expected = count * share;
    total += (reference[cell]! - expected) ** 2 / (expected * (1 - share));
  });
  return total;
};

/**
 * Permutation p-value of two samples over the same cells, valid with ties and small counts. Resampling stops once 50 resamples
 * were as extreme, where the p-value is large and known well enough (Besag & Clifford 1991). O(resamples · rows).
 */
export function permutationTest(counts: PairedCounts, statistic: CountStatistic, options: PermutationOptions): number {
  const rows = [sum(counts.reference), sum(counts.current)] as const;
  const both = counts.reference.map((count, cell) => count + counts.current[cell]!);
  const observed = statistic(counts.reference, both, rows) * (1 - EQUAL);
  const cells = pooledCells(counts);
  const drawn = new Int32Array(both.length);
  let extreme = 0;
  for (let resample = 1; resample <= options.resamples; resample++) {
    drawReference(cells, rows[0], drawn, options.random);
    if (statistic(drawn, both, rows) >= observed) extreme++;
    if (extreme >= ENOUGH_EXTREME) return extreme / resample;
  }
  return (extreme + 1) / (options.resamples + 1);
}
