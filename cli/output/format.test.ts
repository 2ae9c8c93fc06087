import { describe, expect, it } from 'vitest';
import { differenceTable } from './difference.js';
import { formatAsOf, formatDuration, formatEstimate, formatMetric, formatDecimals, formatTime } from './format.js';

describe('formats', () => {
  it.each([
    [0.84237, '0.842'],
    [12, '12'],
    [51234.6, '51,235'],
    [0.0000213, '0.000021'],
    [Number.NaN, 'NaN'],
  ])('prints the number %d as %s', (value, text) => expect(formatDecimals(value)).toBe(text));

  it('keeps the decimals of a whole score', () => {
    expect(formatEstimate(1)).toBe('1.000');
    const interval = { low: 0.8, high: 1, level: 0.95, method: 'delong' };
    expect(formatEstimate(0.9, interval)).toBe('0.900 (0.800 to 1.000)');
    expect(formatMetric({ name: 'auc', value: 0.9, direction: 'higher', n: 10, interval })).toBe(
      'auc 0.900 (0.800 to 1.000)',
    );
  });

  it('prints null as not measurable, never as 0', () => {
    const metric = { name: 'mape', value: null, direction: 'lower' as const, n: 0, remark: 'no held-out month' };
    expect(formatMetric(metric)).toBe('mape not measurable');
    const run = { params: {}, dataset: null, artefactHash: null };
    const { rows } = differenceTable(
      ['a', 'b'],
      [
        { ...run, metrics: [metric] },
        { ...run, metrics: [{ name: 'mape', value: 0.1, direction: 'lower', n: 9 }] },
      ],
    );
    expect(rows[0]).toEqual(['mape', 'not measurable', '0.100', '–']);
  });

  it.each([
    [860, '0.9 s'],
    [65_000, '1 min 05 s'],
    [3_780_000, '1 h 03 min'],
  ])('prints %d ms as %s', (value, text) => expect(formatDuration(value)).toBe(text));

  it.each([
    ['2026-11-30T12:00:00Z', false, '2026-11-30, less than a day ago'],
    ['2026-11-29T11:00:00Z', false, '2026-11-29, 1 day ago'],
    ['2026-10-30T00:00:00Z', true, '2026-10-30, 31 days ago: stale'],
  ])('says how long ago %s was', (asOf, stale, text) => {
    expect(formatAsOf(new Date(asOf), new Date('2026-11-30T12:30:00Z'), stale)).toBe(text);
  });

  it('says why something is stale, where that is known', () => {
    const [asOf, now] = [new Date('2026-10-30T00:00:00Z'), new Date('2026-11-30T12:30:00Z')];
    expect(formatAsOf(asOf, now, true, 'generated data end')).toBe(
      '2026-10-30, 31 days ago: stale (generated data end)',
    );
    expect(formatAsOf(asOf, now, false, 'generated data end')).toBe('2026-10-30, 31 days ago');
  });

  it('prints times in UTC', () => {
    expect(formatTime(new Date('2026-11-23T03:00:12+02:00'))).toBe('2026-11-23 01:00:12');
  });
});
