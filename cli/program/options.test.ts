import fc from 'fast-check';
import { InvalidArgumentError } from 'commander';
import { expect, it } from 'vitest';
import { listLimit, pastMoment, seed, wholeNumber } from './options.js';

it('parses whole numbers within inclusive bounds', () => {
  fc.assert(
    fc.property(fc.integer(), (value) => {
      expect(wholeNumber(-(2 ** 31), 2 ** 31 - 1)(String(value))).toBe(value);
    }),
  );
  expect([listLimit('1'), listLimit(' 10000 '), seed('0'), seed('4294967295')]).toEqual([1, 10_000, 0, 4_294_967_295]);
});

it.each(['', ' ', '0', '-1', '10001', '1.5', '1e3', '0x10', 'Infinity', 'NaN', '٣', '99999999999999999999'])(
  'rejects the limit "%s" and says what is wanted',
  (text) => {
    expect(() => listLimit(text)).toThrow(InvalidArgumentError);
    expect(() => listLimit(text)).toThrow('A whole number from 1 to 10000 is wanted.');
  },
);

it('reads a past day or moment as a moment', () => {
  expect(pastMoment('2026-10-18')).toBe('2026-10-18T00:00:00.000Z');
  expect(pastMoment('2026-10-18T05:30:00+05:30')).toBe('2026-10-18T00:00:00.000Z');
});

it.each(['yesterday', '2026-13-01', '18.10.2026', '2026-10-18T05:30', '9999-01-01', ''])(
  'rejects the moment "%s"',
  (text) => {
    expect(() => pastMoment(text)).toThrow('A past day (2026-11-23) or moment (2026-11-23T03:00:00Z) is wanted.');
  },
);
