import type { Interval } from '../../../contracts/evaluation.js';
import { createRandom } from '../../numeric/random/index.js';
import { quantile, type Scored, type ScoreMetric } from '../metrics/index.js';
import { mean } from '../../numeric/statistics/mean.js';

/** Bins of equal weight: each holds a tenth of the rows, so that none rests on a handful. */
export const CALIBRATION_BINS = 10;

const ascending = (scores: ArrayLike<number>): Int32Array => {
  const order = Int32Array.from({ length: scores.length }, (_, i) => i);
  for (let i = 1; i < order.length; i++)
    if (scores[i - 1]! > scores[i]!) return order.sort((a, b) => scores[a]! - scores[b]! || a - b);
  return order;
};

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  /** Mean predicted probability. */
  readonly predicted: number;
  /** Share of label 1. */
  readonly observed: number;
  readonly weight: number;
}

/**
 * Reliability in bins of equal weight, by rising probability. Rows of one probability may stand on both sides of an
 * edge. O(n) when the scores already rise, else O(n log n).
 * @param weights - (n,) ≥ 0. @default all 1
 */
export function reliabilityBins({ labels, scores }: Scored, weights?: ArrayLike<number>): ReliabilityBin[] {
  const weightOf = (row: number): number => (weights ? weights[row]! : 1);
  let total = 0;
  for (let row = 0; row < labels.length; row++) total += weightOf(row);
  const sums = Array.from({ length: CALIBRATION_BINS }, () => ({ predicted: 0, observed: 0, weight: 0 }));
  let before = 0;
  for (const row of ascending(scores)) {
    const weight = weightOf(row);
    const middle = (before + weight / 2) / total;
    const bin = sums[Math.min(CALIBRATION_BINS - 1, Math.floor(middle * CALIBRATION_BINS))]!;
    bin.predicted += weight * scores[row]!;
    bin.observed += weight * labels[row]!;
    bin.weight += weight;
    before += weight;
  }
  const filled = sums.filter(({ weight }) => weight > 0);
  return filled.map(({ predicted, observed, weight }) => ({
    predicted: predicted / weight,
    observed: observed / weight,
    weight,
  }));
}

/**
 * Expected calibration error over ten bins of equal weight (Nixon et al. 2019, "adaptive" ECE): mean distance between
 * promised and observed share. Never 0 on a finite sample: see `calibrationNoise`.
 */
export const expectedCalibrationError: ScoreMetric = (labels, scores, weights) => {
  const bins = reliabilityBins({ labels, scores }, weights);
  const total = bins.reduce((sum, { weight }) => sum + weight, 0);
  return (
    bins.reduce((sum, { predicted, observed, weight }) => sum + weight * Math.abs(predicted - observed), 0) / total
  );
};

/** Labels drawn from the probabilities themselves: what a perfectly calibrated model of this size would show. */
export function calibrationNoise(scores: ArrayLike<number>, seed: number, resamples = 200): number {
  const random = createRandom(seed).fork('calibration-noise');
  const sorted = Float64Array.from(scores).sort();
  const errors = Float64Array.from({ length: resamples }, () =>
    expectedCalibrationError(
      sorted.map((probability) => (random.uniform() < probability ? 1 : 0)),
      sorted,
    ),
  );
  return mean(errors);
}

/**
 * 95 % bootstrap interval of the expected calibration error, centred on its value: a resample adds its own noise to an
 * absolute distance, so the plain percentiles would lie above the value itself.
 */
export function calibrationErrorInterval(
  { labels, scores }: Scored,
  options: { readonly seed: number; readonly resamples: number },
): Interval {
  const order = ascending(scores);
  const [y, p] = [labels, scores].map((values) => Float64Array.from(order, (row) => values[row]!));
  const random = createRandom(options.seed).fork('calibration-error');
  const values = Float64Array.from({ length: options.resamples }, () => {
    const counts = new Float64Array(labels.length);
    for (let i = 0; i < counts.length; i++) counts[random.integer(counts.length)]! += 1;
    return expectedCalibrationError(y!, p!, counts);
  });
  const shift = expectedCalibrationError(y!, p!) - mean(values);
  values.sort();
  const [low, high] = [quantile(values, 0.025) + shift, quantile(values, 0.975) + shift];
  const method = `bootstrap, centred, ${options.resamples} resamples`;
  return { low: Math.max(0, low), high: Math.min(1, high), level: 0.95, method };
}
