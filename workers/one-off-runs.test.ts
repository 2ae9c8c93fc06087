import { describe, expect, it } from 'vitest';
import { readMoment } from './one-off-runs.js';

const NOW = new Date('2026-11-30T09:00:00Z');
const read = (text: string, timezone = 'Europe/Berlin'): string => readMoment(text, timezone, NOW).toISOString();

describe('readMoment', () => {
  it.each([
    ['2026-12-01 03:00', '2026-12-01T02:00:00.000Z'],
    ['2026-12-01T03:00:30', '2026-12-01T02:00:30.000Z'],
    ['2026-12-01', '2026-11-30T23:00:00.000Z'],
    ['2026-12-01T03:00Z', '2026-12-01T03:00:00.000Z'],
    ['2026-12-01 03:00+05:30', '2026-11-30T21:30:00.000Z'],
    ['2027-07-01 03:00', '2027-07-01T01:00:00.000Z'],
  ])('reads %s on the clock of the zone, or as it is written', (text, moment) => {
    expect(read(text)).toBe(moment);
  });

  it('takes the first of a time that comes twice', () => {
    expect(read('2027-10-31 02:30')).toBe('2027-10-31T00:30:00.000Z');
  });

  it('refuses a time that the clocks leave out', () => {
    expect(() => read('2027-03-28 02:30')).toThrow(/"2027-03-28 02:30" is left out by the clocks of Europe\/Berlin/);
    expect(read('2027-03-28 02:30', 'UTC')).toBe('2027-03-28T02:30:00.000Z');
  });

  it.each(['tomorrow', '', '01/12/2026', '2026-13-01', '2027-02-31', '2026-12-01 25:00', '2026-12-01 03:00 Berlin'])(
    'refuses %j, which is no day or time',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'INVALID_INPUT' }) as Error);
    },
  );

  it('refuses a moment that is past', () => {
    expect(() => read('2026-11-30 10:00')).toThrow(/is past \(2026-11-30T09:00:00.000Z\), wanted a coming moment/);
    expect(read('2026-11-30 10:01')).toBe('2026-11-30T09:01:00.000Z');
  });
});
