import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../numeric/random/index.js';
import { loess } from './loess.js';
import { mstl } from './mstl.js';
import { stl } from './stl.js';

describe('loess', () => {
  it('reproduces a line and extrapolates it', () => {
    const line = Float64Array.from({ length: 30 }, (_, i) => 3 + 2 * i);
    const smooth = loess(line, { window: 7, degree: 1, jump: 1 }, -1, 32);
    smooth.forEach((value, i) => expect(value).toBeCloseTo(3 + 2 * (i - 1), 8));
  });

  it('is a weighted mean of the neighbours with degree 0', () => {
    const step = Float64Array.from({ length: 21 }, (_, i) => (i < 10 ? 0 : 1));
    const smooth = loess(step, { window: 5, degree: 0, jump: 1 });
    expect(smooth[0]).toBe(0);
    expect(smooth[20]).toBe(1);
    expect(smooth[10]).toBeGreaterThan(0.4);
  });
});

describe('stl', () => {
  const n = 120;
  const season = (i: number): number => 10 * Math.sin((i * Math.PI) / 6);

  it('separates a season from a line', () => {
    const parts = stl(
      Float64Array.from({ length: n }, (_, i) => 50 + 0.5 * i + season(i)),
      12,
      11,
    );
    for (let i = 0; i < n; i++) {
      expect(Math.abs(parts.season[i]! - season(i))).toBeLessThan(0.2);
      expect(Math.abs(parts.trend[i]! - (50 + 0.5 * i))).toBeLessThan(0.2);
    }
  });

  it('leaves noise in the remainder', () => {
    const random = createRandom(5);
    const noise = Float64Array.from({ length: n }, () => random.normal());
    const values = noise.map((value, i) => 50 + season(i) + value);
    const parts = stl(values, 12, 11);
    const rest = values.map((value, i) => value - parts.season[i]! - parts.trend[i]!);
    const variance = rest.reduce((sum, value) => sum + value * value, 0) / n;
    expect(variance).toBeGreaterThan(0.4);
    expect(variance).toBeLessThan(1.2);
  });
});

it('mstl separates two seasons that add up with the adjusted series to the values', () => {
  const short = (i: number): number => 5 * Math.sin((i * 2 * Math.PI) / 24);
  const long = (i: number): number => 8 * Math.cos((i * 2 * Math.PI) / 168);
  const values = Float64Array.from({ length: 1008 }, (_, i) => 100 + short(i) + long(i));
  const { seasons, adjusted } = mstl(values, [168, 24]);
  expect(seasons.map(({ period }) => period)).toEqual([24, 168]);
  values.forEach((value, i) => {
    expect(adjusted[i]! + seasons[0]!.values[i]! + seasons[1]!.values[i]!).toBeCloseTo(value, 8);
  });
  for (let i = 400; i < 600; i++) expect(Math.abs(seasons[0]!.values[i]! - short(i))).toBeLessThan(0.5);
});
