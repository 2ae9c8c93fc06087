import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAgainst, formatMeasure, formatNumber } from './format-number.js';

describe('formatNumber', () => {
  it.each([
    [0.842134, '0.8421'],
    [0.8, '0.8'],
    [42, '42'],
    [1_234_567, '1234567'],
    [-0.00001234, '−0.00001234'],
    [-0, '0'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
  ])('formats %d as %s', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });

  it('rounds to four significant digits', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 }), (value) => {
        const read = Number(formatNumber(value).replaceAll('−', '-'));
        expect(Math.abs(read - value)).toBeLessThanOrEqual(5.0001e-4 * Math.abs(value));
      }),
    );
  });
});

describe('formatAgainst', () => {
  it('shows more digits when rounding would reach the missed bound', () => {
    expect(formatAgainst(0.79999999, 0.8)).toBe('0.79999999');
    expect(formatAgainst(0.8, 0.8)).toBe('0.8');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (a, b) => {
        fc.pre(a !== b && Math.abs(a - b) > 1e-12);
        expect(formatAgainst(a, b)).not.toBe(formatNumber(b));
      }),
    );
  });
});

describe('formatMeasure', () => {
  it.each([
    [0.5, '0.5000'],
    [12.345, '12.35'],
    [99_999.5, '100000'],
    [-0.25, '−0.2500'],
    [1e-7, '1e−7'],
    [0, '0.0000'],
  ])('formats %d as %s', (value, text) => {
    expect(formatMeasure(value)).toBe(text);
  });

  it('gives numbers below 1 the same number of decimals', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-4, max: 0.99994, noNaN: true }), (value) => {
        expect(formatMeasure(value)).toMatch(/^0\.\d{4}$/);
      }),
    );
  });
});
