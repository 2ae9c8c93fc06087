import { mean } from '../../numeric/statistics/mean.js';
import type { SparseRows } from './text-features.js';

/** Lidstone smoothing: added to each weight sum, so that unseen n-grams have a small positive probability. */
const SMOOTHING = 0.01;

/** Options of `poolWithBayes`. */
export interface BayesPool {
  readonly classes: number;
  /** Number of word n-gram columns, which come first; letter n-grams are not used. */
  readonly wordCount: number;
  /** Weight of naive Bayes in the pool, 0 to 1. */
  readonly share: number;
}

/** @returns (words, classes) row-major: the smoothed TF-IDF weight of each word summed over each class's texts. */
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

/** @returns (classes,) natural logarithm of each class's total. */
function logTotals(sums: Float64Array, classes: number): Float64Array {
  const totals = new Float64Array(classes);
  for (let i = 0; i < sums.length; i++) totals[i % classes]! += sums[i]!;
  return totals.map(Math.log);
}

/** A word's log probabilities per class, minus their mean over the classes. */
function centredLogProbabilities(sums: Float64Array, totals: Float64Array): Float64Array {
  const logs = sums.map((sum, k) => Math.log(sum) - totals[k]!);
  const centre = mean(logs);
  return logs.map((log) => log - centre);
}

/**
 * Pools a softmax regression with multinomial naive Bayes on the words of the same rows (TF-IDF weights as counts,
 * Rennie et al. 2003; uniform class prior): a weighted mean of the log probabilities (product of experts, Hinton 2002).
 * Both are linear in the row, so the pool is one weight matrix. Generative and discriminative models make different
 * errors (Ng & Jordan 2002). O(word entries + words · classes).
 * @param weights - (cols + 1, classes) row-major weights of the regression, the last row its bias; replaced by the pool's.
 * @param targets - (rows, classes) row-major: the share of each class.
 */
export function poolWithBayes(weights: Float32Array, x: SparseRows, targets: Float32Array, pool: BayesPool): void {
  const { classes, wordCount, share } = pool;
  const sums = wordSums(x, targets, pool);
  const totals = logTotals(sums, classes);
  for (let i = 0; i < weights.length; i++) weights[i]! *= 1 - share;
  for (let from = 0; from < wordCount * classes; from += classes)
    centredLogProbabilities(sums.subarray(from, from + classes), totals).forEach(
      (log, k) => (weights[from + k]! += share * log),
    );
}
