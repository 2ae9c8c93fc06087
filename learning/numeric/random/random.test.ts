import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createRandom } from './index.js';

const draws = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);

it('gives the recorded numbers for a seed', () => {
  const random = createRandom(42);
  expect(draws(3, () => random.uniform())).toEqual([0.6606157208001621, 0.1117019639532224, 0.0791056456144914]);
});

it('differs by seed, also in the upper bits, and repeats for the same seed', () => {
  const first = (seed: number): number => createRandom(seed).uniform();
  expect(first(1)).toBe(first(1));
  expect(new Set([0, 1, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map(first)).size).toBe(6);
});

it('has the moments of a uniform and of a normal variable', () => {
  const random = createRandom(5);
  const uniform = draws(40_000, () => random.uniform());
  const normal = draws(40_000, () => random.normal());
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(mean(uniform)).toBeCloseTo(0.5, 1.7);
  expect(Math.min(...uniform) >= 0 && Math.max(...uniform) < 1).toBe(true);
  expect(Math.abs(mean(normal))).toBeLessThan(0.02);
  expect(Math.abs(mean(normal.map((value) => value ** 2)) - 1)).toBeLessThan(0.04);
  expect(Math.abs(mean(normal.map((value) => value ** 4)) - 3)).toBeLessThan(0.25);
});

it('draws integers evenly below the bound', () => {
  const random = createRandom(6);
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[random.integer(7)]! += 1;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

it('permutes: every position once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100 }), fc.integer(), (n, seed) => {
      const permutation = createRandom(seed).permutation(n);
      expect([...permutation].sort((a, b) => a - b)).toEqual([...Array(n).keys()]);
    }),
  );
});

it('shuffles all orders equally often', () => {
  const random = createRandom(8);
  const counts = new Map<string, number>();
  for (let i = 0; i < 12_000; i++) {
    const order = random.shuffle(['a', 'b', 'c']).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) expect(Math.abs(count - 2000)).toBeLessThan(200);
});

it('forks by name, independent of what was drawn before', () => {
  const [fresh, used] = [createRandom(9), createRandom(9)];
  draws(100, () => used.uniform());
  expect(used.fork('rows').uniform()).toBe(fresh.fork('rows').uniform());
  expect(fresh.fork('rows').uniform()).not.toBe(fresh.fork('columns').uniform());
});

it('refuses a seed or bound that is not an integer in range', () => {
  expect(() => createRandom(1.5)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
  expect(() => createRandom(1).integer(0)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }));
});
