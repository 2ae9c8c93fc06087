import { requireInteger } from '../../checks.js';
import { ascendingOrder, classWeights, forEachStep, requireScored, type ScoreMetric } from './order.js';

/**
 * Area under the ROC curve: the probability that a random positive scores above a random negative, ties count half
 * (Mann–Whitney). O(n log n).
 * @throws PipelineError `SINGLE_CLASS`, `SHAPE_MISMATCH`, `NOT_FINITE`, `INVALID_VALUE`.
 */
export const rocAuc: ScoreMetric = (labels, scores, weights) => {
  requireScored({ labels, scores }, weights);
  const [allNegatives, allPositives] = classWeights(labels, weights);
  let below = 0;
  let wins = 0;
  forEachStep({ labels, scores }, weights, (negatives, positives) => {
    wins += positives * (below + negatives / 2);
    below += negatives;
  });
  return wins / (allNegatives * allPositives);
};

/** Gini coefficient of a score card, 2·AUC − 1. @throws PipelineError as `rocAuc`. */
export const gini: ScoreMetric = (labels, scores, weights) => 2 * rocAuc(labels, scores, weights) - 1;

/**
 * Kolmogorov–Smirnov distance between the scores of positives and negatives: the largest gap of the two cumulative
 * distributions, in [0, 1]. @throws PipelineError as `rocAuc`.
 */
export const kolmogorovSmirnov: ScoreMetric = (labels, scores, weights) => {
  requireScored({ labels, scores }, weights);
  const [allNegatives, allPositives] = classWeights(labels, weights);
  let belowNegatives = 0;
  let belowPositives = 0;
  let distance = 0;
  forEachStep({ labels, scores }, weights, (negatives, positives) => {
    belowNegatives += negatives;
    belowPositives += positives;
    distance = Math.max(distance, Math.abs(belowNegatives / allNegatives - belowPositives / allPositives));
  });
  return distance;
};

/**
 * Average precision: mean of the precision at each recalled positive, without interpolation, as scikit-learn does.
 * Rows of equal score are recalled together. @throws PipelineError as `rocAuc`.
 */
export const averagePrecision: ScoreMetric = (labels, scores, weights) => {
  requireScored({ labels, scores }, weights);
  let [negativesLeft, positivesLeft] = classWeights(labels, weights);
  const allPositives = positivesLeft;
  let sum = 0;
  // From the lowest score up, "left" is what a threshold at this score would recall.
  forEachStep({ labels, scores }, weights, (negatives, positives) => {
    if (positives > 0) sum += (positives * positivesLeft) / (positivesLeft + negativesLeft);
    negativesLeft -= negatives;
    positivesLeft -= positives;
  });
  return sum / allPositives;
};

/** One point of a ROC curve: shares of negatives and positives at or above the threshold. */
export interface RocPoint {
  readonly threshold: number;
  readonly falsePositiveRate: number;
  readonly truePositiveRate: number;
}

/** The ROC curve from the strictest threshold to the laxest, one point a distinct score. */
export function rocCurve(labels: ArrayLike<number>, scores: ArrayLike<number>): RocPoint[] {
  requireScored({ labels, scores });
  const [allNegatives, allPositives] = classWeights(labels);
  const curve: RocPoint[] = [];
  let negativesLeft = allNegatives;
  let positivesLeft = allPositives;
  forEachStep({ labels, scores }, undefined, (negatives, positives, threshold) => {
    const [falsePositiveRate, truePositiveRate] = [negativesLeft / allNegatives, positivesLeft / allPositives];
    curve.push({ threshold, falsePositiveRate, truePositiveRate });
    negativesLeft -= negatives;
    positivesLeft -= positives;
  });
  return curve.reverse();
}

/**
 * Share of positives among the k highest scores: the precision of the k rows that an analyst reviews. Rows of equal score share
 * the places that are left, so the order of rows does not matter; with fewer than k rows, all are taken.
 * @param k - integer ≥ 1; with weights, the weight that is taken.
 * @returns a metric in [0, 1]; one class alone is allowed.
 * @throws PipelineError `INVALID_INPUT`; the metric `SHAPE_MISMATCH`, `TOO_FEW_ROWS`, `NOT_FINITE`, `INVALID_VALUE`.
 */
export function precisionAtK(k: number): ScoreMetric {
  requireInteger('k', k, 1);
  return (labels, scores, weights) => {
    requireScored({ labels, scores }, weights);
    const weightOf = (row: number): number => (weights ? weights[row]! : 1);
    const order = ascendingOrder(scores).reverse();
    let [taken, found] = [0, 0];
    for (let start = 0, end = 0; start < order.length && taken < k; start = end) {
      let [group, positives] = [0, 0];
      for (; end < order.length && scores[order[end]!] === scores[order[start]!]; end++) {
        group += weightOf(order[end]!);
        positives += weightOf(order[end]!) * labels[order[end]!]!;
      }
      if (group === 0) continue;
      const share = Math.min(1, (k - taken) / group);
      taken += share * group;
      found += share * positives;
    }
    return found / taken;
  };
}
