import type { Comparison, Interval } from '../../contracts/evaluation.js';
import { sum } from '../numeric/statistics/sum.js';
import {
  bootstrapInterval,
  delongAuc,
  delongDifference,
  pairedBootstrap,
  rocAuc,
  type Scored,
} from './metrics/index.js';

/** Below this many rows of a class DeLong's normal interval is too narrow and the bootstrap is taken. */
export const DELONG_ROWS = 20;

/** Rows of the rarer of two classes. @param scored - labels 0 or 1. */
export function smallestClass({ labels }: Pick<Scored, 'labels'>): number {
  const positives = sum(labels);
  return Math.min(positives, labels.length - positives);
}

/** 95 % interval of the AUC-ROC: DeLong's, or a percentile bootstrap when a class is small. */
export function aucInterval(scored: Scored, seed: number): Interval {
  if (smallestClass(scored) >= DELONG_ROWS) return delongAuc(scored).interval;
  return bootstrapInterval(scored, { metric: rocAuc, seed });
}

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
