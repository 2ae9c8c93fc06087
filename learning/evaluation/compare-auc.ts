import type { Comparison, Interval } from '../../contracts/evaluation.js';
import { sum } from '../numeric/statistics/sum.js';
import {
  bootstrapInterval,
  delongAuc,
  delongDifference,
  pairedBootstrap,
  rocAuc,
  resampledUncertainty,
  type Scored,
  type Uncertainty,
} from './metrics/index.js';

/** Below this many rows of a class DeLong's normal interval is too narrow and the bootstrap is taken. */
export const DELONG_ROWS = 20;

/** Rows of the rarer of two classes. @param scored - labels 0 or 1. */
export function smallestClass({ labels }: Pick<Scored, 'labels'>): number {
  const positives = sum(labels);
  return Math.min(positives, labels.length - positives);
}

function aucInterval(scored: Scored, seed: number): Interval {
  const small = smallestClass(scored) < DELONG_ROWS;
  const found = small ? bootstrapInterval(scored, { metric: rocAuc, seed }) : delongAuc(scored).interval;
  // A normal interval may reach beyond the ends of the scale.
  return { ...found, low: Math.max(0, found.low), high: Math.min(1, found.high) };
}

/**
 * 95 % interval of the AUC-ROC: DeLong's, or a percentile bootstrap when a class is small; none with fewer than five
 * rows of a class, or when every pair is ordered rightly (DeLong's variance is then 0).
 */
export const aucUncertainty = (scored: Scored, seed: number): Uncertainty =>
  resampledUncertainty({ size: smallestClass(scored), of: 'rows of the rarer class' }, () => aucInterval(scored, seed));

export interface AucComparison {
  readonly against: Comparison['against'];
  /** Name of the metric in the comparison. */
  readonly metric: string;
  readonly seed: number;
}

/**
 * AUC-ROC of two models on the same rows in the same order: DeLong's paired interval (DeLong et al. 1988), or a paired
 * bootstrap when a class is small.
 * @throws PipelineError `SINGLE_CLASS`, `SHAPE_MISMATCH`.
 */
export function compareAuc(challenger: Scored, other: Scored, { against, metric, seed }: AucComparison): Comparison {
  const small = smallestClass(challenger) < DELONG_ROWS;
  const interval = small
    ? pairedBootstrap(challenger, other, { metric: rocAuc, seed }).interval
    : delongDifference(challenger, other).interval;
  const first = rocAuc(challenger.labels, challenger.scores);
  const second = rocAuc(other.labels, other.scores);
  return {
    against,
    metric,
    challenger: first,
    other: second,
    difference: first - second,
    interval,
    n: challenger.labels.length,
  };
}
