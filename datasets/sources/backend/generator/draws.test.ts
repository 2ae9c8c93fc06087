import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../../learning/numeric/random/index.js';
import { mean } from '../../../../learning/numeric/statistics/mean.js';
import { digits, meanOneNoise, habitualCount, roundMoney, poisson, weighted } from './draws.js';

const draw = (n: number, next: () => number): { mean: number; variance: number } => {
  const values = Array.from({ length: n }, next);
  const centre = mean(values);
  return { mean: centre, variance: mean(values.map((value) => (value - centre) ** 2)) };
};

describe('draws', () => {
  const random = createRandom(1);

  it('poisson has mean and variance of its parameter', () => {
    const drawn = draw(40_000, () => poisson(random, 2.5));
    expect(drawn.mean).toBeCloseTo(2.5, 1);
    expect(drawn.variance).toBeCloseTo(2.5, 0);
  });

  it('habitualCount keeps the mean and varies less than Poisson', () => {
    const drawn = draw(40_000, () => habitualCount(random, 5));
    expect(drawn.mean).toBeCloseTo(5, 1);
    expect(drawn.variance).toBeLessThan(1.5);
  });

  it('meanOneNoise has mean 1', () => {
    expect(draw(80_000, () => meanOneNoise(random, 0.5)).mean).toBeCloseTo(1, 1);
  });

  it('weighted draws keys in proportion to their weights', () => {
    const picks = Array.from({ length: 20_000 }, () => weighted(random, { rare: 1, common: 9 }));
    expect(picks.filter((key) => key === 'rare').length / picks.length).toBeCloseTo(0.1, 1);
  });

  it('digits returns the requested number of digits without a leading zero', () => {
    for (let round = 0; round < 500; round++) expect(digits(random, 12)).toMatch(/^[1-9]\d{11}$/);
  });

  it('roundMoney rounds to two decimals', () => {
    expect(roundMoney(10.006)).toBe(10.01);
    expect(roundMoney(-3.333)).toBe(-3.33);
  });
});
