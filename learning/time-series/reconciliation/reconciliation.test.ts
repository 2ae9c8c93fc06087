import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../numeric/random/index.js';
import { sum } from '../../numeric/statistics/sum.js';
import { bottomUp, diagonalCovariance, minimumTrace, shrunkCovariance } from './reconciliation.js';

describe('minimumTrace', () => {
  it('gives parts ≥ 0 that add up to the total (property)', () => {
    const amounts = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 8 });
    const anyTotal = fc.double({ min: 0, max: 1e7, noNaN: true });
    const variances = fc.double({ min: 0.01, max: 10, noNaN: true });
    fc.assert(
      fc.property(amounts, anyTotal, variances, (parts, total, variance) => {
        const covariance = diagonalCovariance([variance, ...parts.map(() => 1)]);
        const found = minimumTrace({ total, parts }, covariance);
        expect(Math.abs(sum(found.parts) - found.total)).toBeLessThanOrEqual(1e-6 * Math.max(1, found.total));
        for (const part of found.parts) expect(part).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('distributes the discrepancy in proportion to the variances: total 12, parts 10, variances 1, 1, 2', () => {
    const { total, parts } = minimumTrace({ total: 12, parts: [4, 6] }, diagonalCovariance([1, 1, 2]));
    expect([...parts]).toEqual([4.5, 7]);
    expect(total).toBeCloseTo(11.5, 12);
  });

  it('keeps coherent forecasts, and is bottom-up when the variance of the total is very large', () => {
    const base = { total: 10, parts: [3, 7] };
    expect([...minimumTrace(base, diagonalCovariance([1, 2, 3])).parts]).toEqual([3, 7]);
    const wrong = minimumTrace({ total: 100, parts: [3, 7] }, diagonalCovariance([1e12, 1, 1]));
    expect(wrong.total).toBeCloseTo(bottomUp({ total: 100, parts: [3, 7] }).total, 6);
  });

  it('has smaller errors than bottom-up and than the total forecast, given the true covariance', () => {
    const random = createRandom(11);
    const [rows, parts] = [4000, 4];
    let [reconciled, added, direct] = [0, 0, 0];
    const covariance = diagonalCovariance([9, 4, 4, 4, 4]);
    for (let i = 0; i < rows; i++) {
      const actual = Array.from({ length: parts }, () => 100);
      const forecasts = actual.map((value) => value + 2 * random.normal());
      const total = 400 + 3 * random.normal();
      reconciled += (minimumTrace({ total, parts: forecasts }, covariance).total - 400) ** 2;
      added += (sum(forecasts) - 400) ** 2;
      direct += (total - 400) ** 2;
    }
    expect(reconciled).toBeLessThan(0.8 * Math.min(added, direct));
  });

  it('refuses a covariance of the wrong size', () => {
    expect(() => minimumTrace({ total: 1, parts: [1] }, new Float64Array(9))).toThrow(
      expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
    );
  });
});

describe('shrunkCovariance', () => {
  it('keeps variances and a strong correlation, and shrinks a spurious one', () => {
    const random = createRandom(5);
    const errors = Array.from({ length: 500 }, () => {
      const shared = random.normal();
      return [shared + 0.3 * random.normal(), shared + 0.3 * random.normal(), 2 * random.normal()];
    });
    const covariance = shrunkCovariance(errors);
    expect(covariance[8]!).toBeGreaterThan(3.3);
    expect(covariance[8]!).toBeLessThan(4.8);
    expect(covariance[1]! / Math.sqrt(covariance[0]! * covariance[4]!)).toBeGreaterThan(0.8);
    expect(Math.abs(covariance[2]!)).toBeLessThan(0.15);
    expect(() => shrunkCovariance(errors.slice(0, 2))).toThrow(expect.objectContaining({ code: 'TOO_FEW_ROWS' }));
  });
});
