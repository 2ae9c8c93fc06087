import { describe, expect, it } from 'vitest';
import { mean } from './mean.js';
import { logOdds, odds } from './odds.js';
import { argmax } from './argmax.js';
import { pairedGain } from './paired-gain.js';
import { sum } from './sum.js';

describe('mean', () => {
  it('returns NaN for no values unless a default is given', () => {
    expect(mean([1, 2, 6])).toBe(3);
    expect(mean(new Float64Array(0))).toBeNaN();
    expect(mean([], 0)).toBe(0);
  });
});

describe('pairedGain', () => {
  it('is sure above two standard errors only', () => {
    // Differences 0 and 1 in equal shares: mean 1/2, standard error 1 / (2 √n); four rows are exactly two of them.
    const rows = (n: number): number[] => Array.from({ length: n }, (_, i) => i % 2);
    const none = (n: number): number[] => Array<number>(n).fill(0);
    expect(pairedGain(rows(4), none(4))).toEqual({ mean: 0.5, standardError: 0.25, sure: false });
    expect(pairedGain(rows(6), none(6))).toEqual({ mean: 0.5, standardError: Math.sqrt(0.25 / 6), sure: true });
    expect(pairedGain(none(6), rows(6))).toEqual({ mean: -0.5, standardError: Math.sqrt(0.25 / 6), sure: false });
  });

  it('returns 0 and not sure for equal rows', () => {
    expect(pairedGain([1, 2, 3], [1, 2, 3])).toEqual({ mean: 0, standardError: 0, sure: false });
  });
});

describe('argmax', () => {
  it('is the first of the largest values, and 0 for none', () => {
    expect(argmax([1, 3, 2, 3])).toBe(1);
    expect(argmax(Float32Array.of(-2, -1))).toBe(1);
    expect(argmax([])).toBe(0);
  });
});

describe('sum', () => {
  it('adds from the first value to the last, and is 0 for no values', () => {
    expect(sum([1e16, 1, -1e16])).toBe(0);
    expect(sum(Float64Array.of(0.5, 0.25))).toBe(0.75);
    expect(sum([])).toBe(0);
  });
});

describe('odds and logOdds', () => {
  it('are finite for probabilities 0 and 1', () => {
    expect(odds(0.75, 1e-9)).toBe(3);
    expect(logOdds(0.5, 1e-9)).toBe(0);
    expect(logOdds(1, 1e-9)).toBeCloseTo(-Math.log(1e-9), 6);
    expect(logOdds(0, 1e-9)).toBeCloseTo(Math.log(1e-9), 6);
  });
});
