import { expect, it } from 'vitest';
import { groupBy } from './group-by.js';

it('groupBy keeps the order of keys and items, and leaves out items without a key', () => {
  const groups = groupBy([5, 2, 8, 3, 0], (n) => (n === 0 ? null : n % 2));
  expect([...groups]).toEqual([
    [1, [5, 3]],
    [0, [2, 8]],
  ]);
});

it('groupBy takes objects as keys by identity', () => {
  const [a, b] = [{}, {}];
  expect(groupBy([1, 2, 3], (n) => (n === 2 ? b : a)).get(a)).toEqual([1, 3]);
});
