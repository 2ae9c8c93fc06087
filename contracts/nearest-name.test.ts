import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jaroWinkler, nearestHint, nearestName } from './nearest-name.js';

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

describe('jaroWinkler', () => {
  it('has the published values', () => {
    expect(jaroWinkler('MARTHA', 'MARHTA')).toBeCloseTo(0.9611, 4);
    expect(jaroWinkler('DIXON', 'DICKSONX')).toBeCloseTo(0.8133, 4);
    expect(jaroWinkler('abc', 'xyz')).toBe(0);
  });

  it('is between 0 and 1 and 1 for equal texts', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => {
        expect(jaroWinkler(a, b)).toBeGreaterThanOrEqual(0);
        expect(jaroWinkler(a, b)).toBeLessThanOrEqual(1 + 1e-12);
        expect(jaroWinkler(a, a)).toBe(1);
      }),
    );
  });
});

it('hints at a near name only', () => {
  expect(nearestHint('trainmodel', ['dataPipeline', 'trainModel'])).toBe('; the nearest is trainModel');
  expect([nearestHint('xyz', ['trainModel']), nearestHint('', ['a'])]).toEqual(['', '']);
});
