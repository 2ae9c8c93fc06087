import { mean } from '../../numeric/statistics/mean.js';
import type { SparseRows, TextFeatures } from './text-features.js';

/** Lidstone smoothing: added to each weight sum, so that unseen n-grams have a small positive probability. */
const SMOOTHING = 0.01;

/** @returns (words, classes) row-major: the smoothed TF-IDF weight of each word summed over each class's texts. */
function wordSums(x: SparseRows, targets: Float32Array, wordCount: number, classes: number): Float64Array {
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
 * Multinomial naive Bayes on the words of the rows (TF-IDF weights as counts, Rennie et al. 2003; uniform class prior) as
 * a table of weights like a regression's: each word's log probabilities, minus their mean over the classes. O(word entries
 * + words · classes).
 *
 * A weighted mean of its scores and a softmax regression's is a product of experts (Hinton 2002); generative and
 * discriminative models make different errors (Ng & Jordan 2002).
 * @param targets - (rows, classes) row-major: the share of each class.
 * @returns (cols + 1, classes) row-major; 0 for letter n-grams, which are not used, and for the bias.
 */
export function bayesWeights(
  x: SparseRows,
  targets: Float32Array,
  { wordCount }: Pick<TextFeatures, 'wordCount'>,
  classes: number,
): Float32Array {
  const sums = wordSums(x, targets, wordCount, classes);
  const totals = logTotals(sums, classes);
  const weights = new Float32Array((x.cols + 1) * classes);
  for (let from = 0; from < wordCount * classes; from += classes)
    weights.set(centredLogProbabilities(sums.subarray(from, from + classes), totals), from);
  return weights;
}
