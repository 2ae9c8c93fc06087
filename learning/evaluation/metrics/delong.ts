import type { Interval } from '../../../contracts/evaluation.js';
import { requireAtLeast } from '../../checks.js';
import { ascendingOrder, classWeights, requireSameLabels, requireScored, type Scored } from './order.js';
import { mean } from '../../numeric/statistics/mean.js';
import { normalQuantile } from './normal.js';

/** An AUC with its variance after DeLong. */
export interface DelongAuc {
  readonly auc: number;
  readonly variance: number;
  readonly interval: Interval;
}

/** For each row the share of the other class that it is ordered rightly against; their mean is the AUC. */
interface Placements {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
  readonly auc: number;
}

/** Rank of each value, ties share their mean rank; ranks start at 1. */
function midRanks(values: Float64Array): Float64Array {
  const order = ascendingOrder(values);
  const ranks = new Float64Array(values.length);
  for (let start = 0, end = 0; start < order.length; start = end) {
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + end + 1) / 2;
  }
  return ranks;
}

/** Sun & Xu's O(n log n) way to DeLong's placements: rank among all minus rank within the class. */
function placements({ labels, scores }: Scored): Placements {
  requireScored({ labels, scores });
  classWeights(labels);
  const all = midRanks(Float64Array.from(scores));
  const ofClass = (label: number): Float64Array => {
    const rows = Array.from({ length: labels.length }, (_, row) => row).filter((row) => labels[row] === label);
    const within = midRanks(Float64Array.from(rows, (row) => scores[row]!));
    return Float64Array.from(rows, (row, i) => (all[row]! - within[i]!) / (labels.length - rows.length));
  };
  const positives = ofClass(1);
  return { positives, negatives: ofClass(0).map((share) => 1 - share), auc: mean(positives) };
}

function covariance(a: Float64Array, b: Float64Array): number {
  requireAtLeast('rows of a class for DeLong', a.length, 2);
  const [meanA, meanB] = [mean(a), mean(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - meanA) * (b[i]! - meanB);
  return sum / (a.length - 1);
}

function normalInterval(value: number, variance: number, level: number): Interval {
  const reach = normalQuantile(0.5 + level / 2) * Math.sqrt(Math.max(variance, 0));
  return { low: value - reach, high: value + reach, level, method: 'DeLong' };
}

/**
 * AUC with the normal interval of DeLong, DeLong & Clarke-Pearson (1988), computed as in Sun & Xu (2014).
 * Deterministic; O(n log n). Prefer the bootstrap below about 20 rows of a class.
 * @throws PipelineError `TOO_FEW_ROWS` with fewer than two rows of a class; as `rocAuc`.
 */
export function delongAuc(scored: Scored, level = 0.95): DelongAuc {
  const { positives, negatives, auc } = placements(scored);
  const variance =
    covariance(positives, positives) / positives.length + covariance(negatives, negatives) / negatives.length;
  return { auc, variance, interval: normalInterval(auc, variance, level) };
}

/**
 * DeLong's interval of the AUC difference of two scores of the same rows, challenger − other.
 * @throws PipelineError `SHAPE_MISMATCH` when the labels differ; as `delongAuc`.
 */
export function delongDifference(challenger: Scored, other: Scored, level = 0.95): DelongAuc {
  requireSameLabels(challenger.labels, other.labels);
  const [a, b] = [placements(challenger), placements(other)];
  const positives = a.positives.map((share, i) => share - b.positives[i]!);
  const negatives = a.negatives.map((share, i) => share - b.negatives[i]!);
  const variance =
    covariance(positives, positives) / positives.length + covariance(negatives, negatives) / negatives.length;
  return { auc: a.auc - b.auc, variance, interval: normalInterval(a.auc - b.auc, variance, level) };
}
