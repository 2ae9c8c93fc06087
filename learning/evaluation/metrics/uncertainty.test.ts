import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metric } from '../../../contracts/evaluation.js';
import {
  clopperPearson,
  measuredValue,
  notMeasurable,
  proportion,
  resampledUncertainty,
  shareInterval,
} from './index.js';

describe('shareInterval', () => {
  it('is exact (Clopper-Pearson) with fewer than ten rows on one side, as binomtest of scipy 1.17.1 gives it', () => {
    const cases = [
      [12, 12, 0.7353515306029, 1],
      [0, 10, 0, 0.3084971078188],
      [9, 10, 0.554983882972, 0.9974714214555],
      [1, 2, 0.0125791170937, 0.9874208829063],
      [95, 100, 0.8871650888945, 0.9835681208183],
    ] as const;
    for (const [hits, rows, low, high] of cases) {
      const found = shareInterval(hits, rows);
      expect(found.method).toBe('Clopper-Pearson');
      expect(found.low).toBeCloseTo(low, 8);
      expect(found.high).toBeCloseTo(high, 8);
    }
  });

  it("is Wilson's with ten rows on both sides", () => {
    const { low, high, method } = shareInterval(90, 100);
    expect([method, low.toFixed(4), high.toFixed(4)]).toEqual(['Wilson', '0.8256', '0.9448']);
  });

  it('contains the share, stays within 0 to 1, mirrors, and never is a point', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.double({ min: 0, max: 1, noNaN: true }), (rows, part) => {
        const hits = Math.round(part * rows);
        for (const interval of [shareInterval, clopperPearson]) {
          const [{ low, high }, mirror] = [interval(hits, rows), interval(rows - hits, rows)];
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          expect(low).toBeLessThanOrEqual(hits / rows + 1e-12);
          expect(high).toBeGreaterThanOrEqual(hits / rows - 1e-12);
          expect(high - low).toBeGreaterThan(0);
          expect(1 - mirror.low).toBeCloseTo(high, 9);
        }
      }),
    );
  });

  it('refuses a share of no rows', () => {
    expect(() => shareInterval(0, 0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  });
});

describe('uncertainty of a metric', () => {
  const interval = { low: 0.5, high: 0.7, level: 0.95, method: 'bootstrap' };

  it('is an interval where five rows carry one', () => {
    expect(resampledUncertainty({ size: 5 }, () => interval)).toEqual({ interval });
  });

  it('is a remark with fewer rows, and when every resample gives the same value', () => {
    expect(resampledUncertainty({ size: 4, of: 'customers' }, () => interval)).toEqual({
      remark: 'an interval needs at least 5 customers, found 4',
    });
    const point = { ...interval, low: 1, high: 1 };
    expect(resampledUncertainty({ size: 30 }, () => point).remark).toMatch(/every resample of the 30 rows/);
  });

  it('is null with its reason for a proportion of no rows', () => {
    const found = proportion({ name: 'alertPrecision', hits: 0, rows: 0, none: 'no alert was raised' });
    expect(found).toEqual(notMeasurable('alertPrecision', 'higher', 'no alert was raised'));
    expect(metric.parse(found).value).toBeNull();
    expect(() => measuredValue(found)).toThrow(/alertPrecision is not measurable: no alert was raised/);
    expect(measuredValue(proportion({ name: 'x', hits: 1, rows: 4, none: '' }))).toBe(0.25);
  });

  it('cannot be a null without a reason, nor a null with an interval', () => {
    const { remark, ...bare } = notMeasurable('x', 'lower', 'no row');
    expect(remark).toBe('no row');
    expect(metric.safeParse(bare).success).toBe(false);
    expect(metric.safeParse({ ...bare, remark, interval }).success).toBe(false);
  });
});
