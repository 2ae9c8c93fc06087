import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findBin } from './binning.js';
import { quantileCuts } from './quantile-cuts.js';
import { sortedRows } from './sort-column.js';

const float32 = fc.float({ noDefaultInfinity: true });

describe('sortedRows', () => {
  it('orders like a stable comparison sort and omits missing values', () => {
    fc.assert(
      fc.property(fc.array(float32, { maxLength: 200 }), (values) => {
        const column = Float32Array.from(values);
        const wanted = [...column.keys()].filter((row) => !Number.isNaN(column[row]));
        // −0 stands before 0 here, which no cut can tell apart.
        const rank = (row: number): number => (Object.is(column[row], -0) ? -Number.MIN_VALUE : column[row]!);
        wanted.sort((a, b) => rank(a) - rank(b) || a - b);
        expect([...sortedRows(column)]).toEqual(wanted);
      }),
    );
  });

  it('ranks by value, not by bits', () => {
    expect([...sortedRows(Float32Array.of(3, -2, NaN, 1e-40, -1e30, 0))]).toEqual([4, 1, 5, 3, 0]);
  });
});

describe('quantileCuts', () => {
  it('gives each distinct value a bin when there are at most maxBins', () => {
    const cuts = quantileCuts(Float32Array.of(1, 1, 2, 5, 5, 5), null, 256);
    expect([...cuts.subarray(0, 2)]).toEqual([2, 5]);
    expect(cuts).toHaveLength(3);
    expect(cuts[2]).toBeGreaterThan(5);
  });

  it('puts the largest float32 value into the last bin', () => {
    const largest = 3.4028234663852886e38;
    expect([...quantileCuts(Float32Array.of(0, largest), null, 2)]).toEqual([largest]);
    expect([...quantileCuts(Float32Array.of(0, 1, largest), null, 256)]).toEqual([1, largest]);
  });

  it('makes at most maxBins bins with rising cuts, and puts each value into its bin', () => {
    const values = fc.array(float32.filter(Number.isFinite), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(values, fc.integer({ min: 2, max: 64 }), (numbers, maxBins) => {
        const sorted = Float32Array.from(numbers).sort();
        const cuts = quantileCuts(sorted, null, maxBins);
        expect(cuts.length).toBeLessThanOrEqual(maxBins);
        for (let i = 1; i < cuts.length; i++) expect(cuts[i]).toBeGreaterThan(cuts[i - 1]!);
        for (const value of sorted) {
          const bin = findBin(cuts, value);
          if (bin > 0) expect(value).toBeGreaterThanOrEqual(cuts[bin - 1]!);
          if (bin < cuts.length - 1) expect(value).toBeLessThan(cuts[bin]!);
        }
      }),
    );
  });

  it('puts about the same weight into each bin of a continuous feature', () => {
    const sorted = Float32Array.from({ length: 10_000 }, (_, i) => Math.sqrt(i));
    const cuts = quantileCuts(sorted, null, 50);
    const counts = new Array<number>(cuts.length).fill(0);
    for (const value of sorted) counts[findBin(cuts, value)]! += 1;
    expect(cuts).toHaveLength(50);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(2);
  });

  it('places cuts at quantiles of weight, not of row counts', () => {
    const sorted = Float32Array.from({ length: 1000 }, (_, i) => i);
    const weights = Float64Array.from(sorted, (value) => (value < 500 ? 1 : 9));
    const cuts = quantileCuts(sorted, weights, 20);
    expect(cuts.filter((cut) => cut < 500).length).toBeLessThan(4);
  });
});
