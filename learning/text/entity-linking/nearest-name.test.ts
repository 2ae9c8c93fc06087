import { expect, it } from 'vitest';
import { nearestName } from './nearest-name.js';

const lines = ['berka', 'german', 'synthetic', 'taiwan'];

it.each([
  ['taiwn', 'taiwan'],
  ['synthethic', 'synthetic'],
  ['gemran', 'german'],
  ['berka', 'berka'],
])('finds the name that %s means: %s', (typed, meant) => {
  expect(nearestName(typed, lines, 0.8)).toBe(meant);
});

it('finds none for a name like no other, and none without names', () => {
  expect(nearestName('conll', lines, 0.8)).toBeNull();
  expect(nearestName('berka', [], 0.8)).toBeNull();
});
