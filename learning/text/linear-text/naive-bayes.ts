import type { SparseRows } from './text-features.js';

/** Added to each weight sum (Lidstone): an n-gram that a class has never seen is rare in it, not impossible. */
const SMOOTHING = 0.01;

export interface BayesPool {
  readonly classes: number;
  /** Columns before this one are words and runs of words; those alone are read. */
  readonly wordCount: number;
  /** Of naive Bayes in the pool, 0 to 1. */
  readonly share: number;
}

/** (words, classes) row-major: the TF-IDF weight of each word in the texts of each class, smoothed. */
function wordSums(x: SparseRows, targets: Float32Array, { classes, wordCount }: BayesPool): Float64Array {
  const sums = new Float64Array(wordCount * classes).fill(SMOOTHING);
  for (let row = 0; row < x.rows; row++)
    for (let k = 0; k < classes; k++) {
      const share = targets[row * classes + k]!;
      for (let at = x.starts[row]!; share > 0 && at < x.starts[row + 1]!; at++)
        if (x.indices[at]! < wordCount) sums[x.indices[at]! * classes + k]! += share * x.values[at]!;
    }
  return sums;
}

/** Natural logarithm of each class's total. */
function logTotals(sums: Float64Array, classes: number): Float64Array {
  const totals = new Float64Array(classes);
  for (let i = 0; i < sums.length; i++) totals[i % classes]! += sums[i]!;
  return totals.map(Math.log);
}

/** The word's log probabilities, around their mean over the classes: what all classes share says nothing. */
function evidence(sums: Float64Array, totals: Float64Array): Float64Array {
  const logs = sums.map((sum, k) => Math.log(sum) - totals[k]!);
  const mean = logs.reduce((total, log) => total + log, 0) / logs.length;
  return logs.map((log) => log - mean);
}

/**
 * Pools a softmax regression with multinomial naive Bayes on the words of the same rows (TF-IDF weights as counts,
 * Rennie et al. 2003; classes alike before the first word): a weighted mean of the log probabilities, Hinton's product of
 * experts. Both are linear in the row, so the pool is one table of weights and costs nothing when it answers. A
 * generative model errs elsewhere than a discriminative one (Ng & Jordan 2002). O(word entries + words · classes).
 * @param weights - (cols + 1, classes) row-major, the regression's, the last row its bias; the pool's afterwards.
 * @param targets - (rows, classes) row-major: the share of each class.
 */
export function poolWithBayes(weights: Float32Array, x: SparseRows, targets: Float32Array, pool: BayesPool): void {
  const { classes, wordCount, share } = pool;
  const sums = wordSums(x, targets, pool);
  const totals = logTotals(sums, classes);
  for (let i = 0; i < weights.length; i++) weights[i]! *= 1 - share;
  for (let from = 0; from < wordCount * classes; from += classes)
    evidence(sums.subarray(from, from + classes), totals).forEach((log, k) => (weights[from + k]! += share * log));
}
