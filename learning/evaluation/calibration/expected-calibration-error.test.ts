import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import {
  calibrationErrorInterval,
  calibrationNoise,
  expectedCalibrationError,
  reliabilityBins,
} from './expected-calibration-error.js';

function calibratedRows(n: number, seed: number, shift = 0) {
  const random = createRandom(seed);
  const scores = Float64Array.from({ length: n }, () => 0.1 + 0.6 * random.uniform());
  return { scores, labels: scores.map((p) => (random.uniform() < p + shift ? 1 : 0)) };
}

describe('expected calibration error', () => {
  it('is the mean distance over ten bins of equal size', () => {
    const scores = Float64Array.from({ length: 20 }, (_, i) => i / 20);
    const labels = scores.map((p) => (p < 0.5 ? 0 : 1));
    const wanted = scores.reduce((sum, p, i) => sum + Math.abs(p - labels[i]!), 0) / 20;
    expect(expectedCalibrationError(labels, scores)).toBeCloseTo(wanted, 12);
    expect(reliabilityBins({ labels, scores }).map(({ weight }) => weight)).toEqual(new Array(10).fill(2));
  });

  it('treats weight 2 as the row repeated twice, in any order of rows', () => {
    const { labels, scores } = calibratedRows(50, 1);
    const twice = (values: Float64Array): Float64Array => Float64Array.of(...values, ...values.slice().reverse());
    const weights = new Float64Array(50).fill(2);
    expect(expectedCalibrationError(labels, scores, weights)).toBeCloseTo(
      expectedCalibrationError(twice(labels), twice(scores)),
      9,
    );
  });

  it('measures a shift of 0.1 inside its interval', () => {
    const shifted = calibratedRows(4000, 2, 0.1);
    const { low, high } = calibrationErrorInterval(shifted, { seed: 1, resamples: 200 });
    expect(low).toBeGreaterThan(0.07);
    expect(high).toBeLessThan(0.14);
    expect(expectedCalibrationError(shifted.labels, shifted.scores)).toBeGreaterThan(low);
  });

  it('estimates the error of a perfectly calibrated model', () => {
    const { labels, scores } = calibratedRows(500, 3);
    const noise = calibrationNoise(scores, 1);
    expect(noise).toBeGreaterThan(0.03);
    expect(noise).toBeLessThan(0.07);
    expect(expectedCalibrationError(labels, scores)).toBeLessThan(2 * noise);
  });
});
