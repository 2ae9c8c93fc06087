import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../learning/numeric/random/index.js';
import { digits, fairNoise, habitualCount, money, poisson, weighted } from './draws.js';

const draw = (n: number, next: () => number): { mean: number; variance: number } => {
  const values = Array.from({ length: n }, next);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n };
};

describe('draws', () => {
  const random = createRandom(1);

  it('poisson has mean and variance of its parameter', () => {
    const { mean, variance } = draw(40_000, () => poisson(random, 2.5));
    expect(mean).toBeCloseTo(2.5, 1);
    expect(variance).toBeCloseTo(2.5, 0);
  });

  it('habitualCount keeps the mean and varies less than Poisson', () => {
    const { mean, variance } = draw(40_000, () => habitualCount(random, 5));
    expect(mean).toBeCloseTo(5, 1);
    expect(variance).toBeLessThan(1.5);
  });

  it('fairNoise has mean one', () => {
    expect(draw(80_000, () => fairNoise(random, 0.5)).mean).toBeCloseTo(1, 1);
  });

  it('weighted follows its weights', () => {
    const picks = Array.from({ length: 20_000 }, () => weighted(random, { rare: 1, common: 9 }));
    expect(picks.filter((key) => key === 'rare').length / picks.length).toBeCloseTo(0.1, 1);
  });

  it('digits gives exactly so many, never a leading zero', () => {
    for (let round = 0; round < 500; round++) expect(digits(random, 12)).toMatch(/^[1-9]\d{11}$/);
  });

  it('money rounds to two decimals', () => {
    expect(money(10.006)).toBe(10.01);
    expect(money(-3.333)).toBe(-3.33);
  });
});
