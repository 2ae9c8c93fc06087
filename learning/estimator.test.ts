import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { checkEstimator, checkUnsupervised } from '../tests/support/check-estimator.js';
import { defineEstimator, defineUnsupervised, quietContext, requireWidth, type FitContext } from './estimator.js';
import { matrix } from './numeric/matrix/index.js';

/** A minimal estimator: the weighted mean of the labels. */
const meanOfLabels = defineEstimator<{ readonly shift: number }, { readonly mean: number; readonly cols: number }>({
  name: 'mean-of-labels',
  params: z.strictObject({ shift: z.number().default(0) }),
  fit({ shift }, x, y, { weights }) {
    let [sum, total] = [0, 0];
    for (let i = 0; i < y.length; i++) {
      sum += y[i]! * (weights ? weights[i]! : 1);
      total += weights ? weights[i]! : 1;
    }
    return { mean: sum / total + shift, cols: x.cols };
  },
  predict({ mean, cols }, x) {
    requireWidth(x, cols);
    return new Float64Array(x.rows).fill(mean);
  },
});

checkEstimator(meanOfLabels);

/** A minimal estimator without labels: the distance of a row's first feature from the mean of the first column. */
const distanceFromMean = defineUnsupervised<object, { readonly mean: number; readonly cols: number }>({
  name: 'distance-from-mean',
  params: z.strictObject({}),
  fit(_params, x) {
    let sum = 0;
    for (let i = 0; i < x.rows; i++) sum += x.values[i * x.cols]!;
    return { mean: sum / x.rows, cols: x.cols };
  },
  predict({ mean, cols }, x) {
    requireWidth(x, cols);
    return Float64Array.from({ length: x.rows }, (_, i) => Math.abs(x.values[i * x.cols]! - mean));
  },
});

checkUnsupervised(distanceFromMean);

describe('defineEstimator', () => {
  const x = matrix(3, 1, Float64Array.of(1, 2, 3));
  const fit = (context: Partial<FitContext>, rows = x) =>
    meanOfLabels.fit({}, rows, [1, 2, 6], { ...quietContext(1), ...context });

  it('fills in defaults and is frozen', () => {
    expect(fit({})).toEqual({ mean: 3, cols: 1 });
    expect(meanOfLabels.fit({ shift: 1 }, x, [1, 2, 6], quietContext(1)).mean).toBe(4);
    expect(Object.isFrozen(meanOfLabels)).toBe(true);
  });

  it('checks weights and passes them to the algorithm', () => {
    expect(fit({ weights: [1, 1, 0] }).mean).toBe(1.5);
    expect(() => fit({ weights: [1, 1] })).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    expect(() => fit({ weights: [1, NaN, 1] })).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }));
    expect(() => fit({ weights: [1, -1, 1] })).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });

  it('names the invalid parameter in the error', () => {
    const run = () => meanOfLabels.fit({ shift: 'far' }, x, [1, 2, 6], quietContext(1));
    expect(run).toThrow(/mean-of-labels: shift: .*number/);
  });

  it('refuses missing features unless missingAllowed, naming row and column', () => {
    const hole = matrix(3, 1, Float64Array.of(1, NaN, 3));
    const wanted: unknown = expect.objectContaining({ code: 'NOT_FINITE', details: { row: 1, column: 0 } });
    expect(() => fit({}, hole)).toThrow(wanted);
    expect(() => meanOfLabels.predict({ mean: 1, cols: 1 }, hole)).toThrow(wanted);
  });

  it('checks validation rows as it checks training rows', () => {
    const wide = { x: matrix(1, 2, Float64Array.of(1, 2)), y: [1] };
    expect(() => fit({ validation: wide })).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
    expect(() => fit({ validation: { x, y: [1, NaN, 1] } })).toThrow(expect.objectContaining({ code: 'NOT_FINITE' }));
  });
});
