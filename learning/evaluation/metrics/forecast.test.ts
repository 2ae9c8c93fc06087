import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  intervalCoverage,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanAbsoluteScaledError,
  naiveScale,
  rootMeanSquaredError,
  symmetricPercentageError,
  weightedAbsolutePercentageError,
} from './forecast.js';

const actual = [10, 0, NaN, 20, 0.1];
const forecast = [12, 1, 5, 16, 0.3];

describe('errors of a forecast', () => {
  it('omits missing values', () => {
    expect(meanAbsoluteError(actual, forecast)).toBeCloseTo((2 + 1 + 4 + 0.2) / 4, 12);
    expect(rootMeanSquaredError(actual, forecast)).toBeCloseTo(Math.sqrt((4 + 1 + 16 + 0.04) / 4), 12);
  });

  it('skips and counts zeros, tiny and missing values in MAPE', () => {
    // Mean size 7.525, floor 0.376: 0 and 0.1 are below.
    const error = meanAbsolutePercentageError(actual, forecast);
    expect(error).toEqual({ value: expect.closeTo((0.2 + 0.2) / 2, 12) as number, points: 2, skipped: 3 });
    expect(meanAbsolutePercentageError([0, 0], [1, 1])).toEqual({ value: null, points: 0, skipped: 2 });
  });

  it('weighs by size in WAPE; returns null when all values are 0', () => {
    expect(weightedAbsolutePercentageError(actual, forecast)).toBeCloseTo(7.2 / 30.1, 12);
    expect(weightedAbsolutePercentageError([0, 0], [1, 1])).toBeNull();
  });

  it('counts two zeros as no error in sMAPE and is at most 2', () => {
    expect(symmetricPercentageError([0, 10], [0, 30])).toBeCloseTo(0.5, 12);
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.double({ noNaN: true, min: -1e6, max: 1e6 })),
          { minLength: 1 },
        ),
        (pairs) => {
          const value = symmetricPercentageError(
            pairs.map(([y]) => y),
            pairs.map(([, f]) => f),
          );
          expect(value).toBeGreaterThanOrEqual(0);
          expect(value).toBeLessThanOrEqual(2);
        },
      ),
    );
  });

  it('is 1 in MASE for the naive method on its own training values', () => {
    const training = [3, 5, 4, 8, 7];
    expect(naiveScale(training, 1)).toBeCloseTo((2 + 1 + 4 + 1) / 4, 12);
    expect(naiveScale(training, 2)).toBeCloseTo((1 + 3 + 3) / 3, 12);
    const mase = meanAbsoluteScaledError(training.slice(1), training.slice(0, -1), { training, lag: 1 });
    expect(mase).toBeCloseTo(1, 12);
    expect(meanAbsoluteScaledError([1], [2], { training: [5, 5, 5], lag: 1 })).toBeNull();
  });

  it('counts values inside a band, its bounds included', () => {
    expect(intervalCoverage([1, 2, NaN, 3, 9], [1, 0, 0, 4, 0], [2, 2, 0, 5, 8])).toBeCloseTo(0.5, 12);
  });

  it.each([
    [[1, 2], [1], 'SHAPE_MISMATCH'],
    [[1], [NaN], 'NOT_FINITE'],
    [[Infinity], [1], 'NOT_FINITE'],
    [[NaN], [1], 'TOO_FEW_ROWS'],
  ])('refuses %j against %j', (y, f, code) => {
    for (const error of [meanAbsoluteError, rootMeanSquaredError, symmetricPercentageError])
      expect(() => error(y, f)).toThrow(expect.objectContaining({ code }));
  });
});
