import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../learning/numeric/random/index.js';
import type { Encoding } from './encoding.js';
import { fitExtremes, liftExtremes, tailParts, tailSums } from './extremes.js';

const encoding: Encoding = {
  schemaVersion: 1,
  signals: [
    { name: 'logAmountToUsual', fill: 0 },
    { name: 'night', fill: 0 },
  ],
  numbers: [],
  categories: [],
  hasCategory: false,
};
const ROWS = 5000;
const random = createRandom(4);
const values = Float32Array.from({ length: 2 * ROWS }, (_, i) =>
  i % 2 === 0 ? random.normal() : Number(random.uniform() < 0.05),
);
const fitted = fitExtremes(encoding, values, 0.002);

describe('extremes', () => {
  it('are about the wanted share of the rows', () => {
    const beyond = tailSums(fitted.tails, values).filter((sum) => sum > fitted.limit).length;
    expect(beyond).toBeGreaterThan(0);
    expect(beyond).toBeLessThanOrEqual(0.002 * ROWS);
  });

  it('add up over signals: neither alone, both together', () => {
    const [size, night, both] = tailSums(fitted.tails, Float32Array.of(2.8, 0, -9, 1, 2.8, 1));
    expect(both).toBeCloseTo(size! + night!, 9);
    expect([size! > fitted.limit, night! > fitted.limit, both! > fitted.limit]).toEqual([false, false, true]);
    expect(tailParts(fitted, Float32Array.of(2.8, 1))).toEqual([size, night]);
  });

  it('rise with the value and stay finite beyond the largest', () => {
    const sums = tailSums(fitted.tails, Float32Array.of(-9, 0, 0, 0, 2, 0, 4, 0, 99, 0));
    expect([...sums].sort((a, b) => a - b)).toEqual([...sums]);
    expect(sums[4]).toBeCloseTo(Math.log(ROWS + 1) - Math.log(2), 1);
  });

  it('are lifted above the threshold and below 1, in their order; others keep their score', () => {
    const sums = Float64Array.of(fitted.limit, fitted.limit + 0.1, fitted.limit + 2);
    const scores = liftExtremes(Float64Array.of(0.3, 0.3, 0.3), sums, { limit: fitted.limit, threshold: 0.9 });
    expect(scores[0]).toBe(0.3);
    expect(scores[1]).toBeGreaterThan(0.9);
    expect(scores[2]).toBeGreaterThan(scores[1]!);
    expect(scores[2]).toBeLessThan(1);
  });
});
