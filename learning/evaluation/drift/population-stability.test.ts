import { describe, expect, it } from 'vitest';
import { populationStability } from './population-stability.js';

describe('population stability index', () => {
  it('is 0 for equal shares, symmetric, and the sum of its bands', () => {
    expect(populationStability([1, 2, 1], [10, 20, 10])).toBeCloseTo(0, 12);
    const wanted = (0.6 - 0.5) * Math.log(0.6 / 0.5) + (0.4 - 0.5) * Math.log(0.4 / 0.5);
    expect(populationStability([50, 50], [60, 40])).toBeCloseTo(wanted, 12);
    expect(populationStability([60, 40], [50, 50])).toBeCloseTo(wanted, 12);
  });

  it('stays finite when a band is empty', () => {
    expect(populationStability([1, 1], [1, 0])).toBeGreaterThan(1);
    expect(populationStability([1, 1], [1, 0])).toBeLessThan(10);
  });

  it('needs rows on both sides and the same bands', () => {
    expect(() => populationStability([0, 0], [1, 1])).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
    expect(() => populationStability([1], [1, 1])).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }));
  });
});
