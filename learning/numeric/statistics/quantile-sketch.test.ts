import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSketches, quantileOf, SKETCH_ACCURACY, sketchOf } from './quantile-sketch.js';

const value = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 1, -1, NaN, Infinity, -Infinity),
  fc.integer({ min: -20, max: 20 }),
);
const values = fc.array(value, { maxLength: 200 }).map((list) => Float64Array.from(list));

describe('quantile sketch', () => {
  it('gives every quantile within its accuracy', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
        const exact = list.filter(Number.isFinite).sort();
        const found = quantileOf(sketchOf(list), share);
        if (exact.length === 0) {
          expect(found).toBeNaN();
          return;
        }
        const wanted = exact[Math.floor(share * (exact.length - 1))]!;
        expect(Math.abs(found - wanted)).toBeLessThanOrEqual(Math.abs(wanted) * (SKETCH_ACCURACY + 1e-9) + 1e-9);
      }),
    );
  });

  it('of merged parts equals that of the whole', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const whole = sketchOf(Float64Array.from([...a, ...b]));
        expect(mergeSketches(sketchOf(a), sketchOf(b))).toEqual(whole);
        expect(JSON.parse(JSON.stringify(whole))).toEqual(whole);
      }),
    );
  });

  it('has few buckets for values over nine decades', () => {
    const { positive } = sketchOf(Float64Array.from({ length: 100_000 }, (_, i) => 1.0002 ** i));
    expect(positive.length).toBeLessThan(1100);
  });
});
