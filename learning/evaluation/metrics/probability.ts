import { PipelineError } from '../../../contracts/errors.js';
import { requireScored, type ScoreMetric, type Scored } from './order.js';

function requireProbabilities({ labels, scores }: Scored, weights?: ArrayLike<number>): void {
  requireScored({ labels, scores }, weights);
  for (let row = 0; row < scores.length; row++) {
    const probability = scores[row]!;
    if (probability >= 0 && probability <= 1) continue;
    throw new PipelineError('INVALID_VALUE', `row ${row}: the probability is not from 0 to 1`, { row });
  }
}

function weightedMean(n: number, value: (row: number) => number, weights?: ArrayLike<number>): number {
  let sum = 0;
  let weight = 0;
  for (let row = 0; row < n; row++) {
    const w = weights ? weights[row]! : 1;
    sum += w * value(row);
    weight += w;
  }
  return sum / weight;
}

/** Brier score: mean squared distance of probability and outcome; lower is better. */
export const brier: ScoreMetric = (labels, scores, weights) => {
  requireProbabilities({ labels, scores }, weights);
  return weightedMean(labels.length, (row) => (scores[row]! - labels[row]!) ** 2, weights);
};

/** Probabilities are kept this far from 0 and 1, so that a wrong prediction with probability 1 has loss 36 instead of infinity. */
const SMALLEST_PROBABILITY = 2.220446049250313e-16;

/** Logarithmic loss in nats: mean −ln of the probability given to the actual outcome; lower is better. */
export const logLoss: ScoreMetric = (labels, scores, weights) => {
  requireProbabilities({ labels, scores }, weights);
  const loss = (row: number): number => {
    const given = labels[row] === 1 ? scores[row]! : 1 - scores[row]!;
    return -Math.log(Math.max(given, SMALLEST_PROBABILITY));
  };
  return weightedMean(labels.length, loss, weights);
};

/** One band of the reliability diagram. */
export interface CalibrationBin {
  /** Mean probability promised to the rows of the band. */
  readonly predicted: number;
  /** Observed share of positives. */
  readonly observed: number;
  readonly n: number;
}

/**
 * Reliability in bands of equal width over [0, 1]; empty bands are left out.
 * @param bands - number of bands. @default 10
 */
export function calibrationBins(labels: ArrayLike<number>, scores: ArrayLike<number>, bands = 10): CalibrationBin[] {
  requireProbabilities({ labels, scores });
  const sums = Array.from({ length: bands }, () => ({ predicted: 0, observed: 0, n: 0 }));
  for (let row = 0; row < labels.length; row++) {
    const bin = sums[Math.min(bands - 1, Math.floor(scores[row]! * bands))]!;
    bin.predicted += scores[row]!;
    bin.observed += labels[row]!;
    bin.n += 1;
  }
  const filled = sums.filter((bin) => bin.n > 0);
  return filled.map(({ predicted, observed, n }) => ({ predicted: predicted / n, observed: observed / n, n }));
}

/** Expected calibration error: mean distance of predicted and observed share over ten bands, weighted by rows. */
export function expectedCalibrationError(labels: ArrayLike<number>, scores: ArrayLike<number>): number {
  const bins = calibrationBins(labels, scores);
  return bins.reduce((sum, bin) => sum + (bin.n / labels.length) * Math.abs(bin.predicted - bin.observed), 0);
}
