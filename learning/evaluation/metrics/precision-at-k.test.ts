import fc from 'fast-check';
import { expect, it } from 'vitest';
import { precisionAtK } from './index.js';

it('is the share of positives at the top', () => {
  expect(precisionAtK(2)([1, 0, 1, 0], [0.9, 0.8, 0.1, 0.2])).toBe(0.5);
  expect(precisionAtK(1)([1, 0, 1, 0], [0.9, 0.8, 0.1, 0.2])).toBe(1);
  expect(precisionAtK(100)([1, 0, 1, 0], [0.9, 0.8, 0.1, 0.2])).toBe(0.5);
});

it('shares the remaining places among rows of equal score', () => {
  expect(precisionAtK(2)([1, 1, 0, 0], [0.9, 0.5, 0.5, 0.5])).toBeCloseTo((1 + 1 / 3) / 2, 12);
});

it('does not depend on the order of rows, and treats weight 2 as the row repeated twice', () => {
  const row = fc.record({
    label: fc.integer({ min: 0, max: 1 }),
    score: fc.integer({ min: 0, max: 5 }),
    weight: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), fc.integer({ min: 1, max: 20 }), (rows, k) => {
      const of = (items: typeof rows, weighted: boolean): number =>
        precisionAtK(k)(
          items.map(({ label }) => label),
          items.map(({ score }) => score),
          weighted ? items.map(({ weight }) => weight) : undefined,
        );
      const repeated = rows.flatMap((item) => Array.from({ length: item.weight }, () => item));
      expect(of([...rows].reverse(), false)).toBeCloseTo(of(rows, false), 12);
      expect(of(rows, true)).toBeCloseTo(of(repeated, false), 12);
    }),
  );
});

it('refuses a k that is not a positive integer', () => {
  expect(() => precisionAtK(0)).toThrow('k is 0');
  expect(() => precisionAtK(1)([], [])).toThrow('0 rows');
});
