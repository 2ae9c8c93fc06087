import { describe, expect, it } from 'vitest';
import { detectFrequency } from './frequency.js';
import { fillGaps, periodDays, periodOfTime, seasonalPeriods, seriesBefore } from './series.js';

const iso = (days: Float64Array): string[] =>
  [...days].map((day) => new Date(day * 86_400_000).toISOString().slice(0, 13));

describe('periodDays', () => {
  it('counts calendar months, and days including a leap day', () => {
    const months = periodDays({ frequency: 'month', start: Date.UTC(2024, 0, 1) }, 11, 3);
    expect(iso(months)).toEqual(['2024-12-01T00', '2025-01-01T00', '2025-02-01T00']);
    const days = periodDays({ frequency: 'day', start: Date.UTC(2024, 1, 27) }, 1, 3);
    expect(iso(days)).toEqual(['2024-02-28T00', '2024-02-29T00', '2024-03-01T00']);
  });

  it('steps by weeks and hours', () => {
    expect(iso(periodDays({ frequency: 'week', start: Date.UTC(2023, 11, 25) }, 0, 2))).toEqual([
      '2023-12-25T00',
      '2024-01-01T00',
    ]);
    expect(iso(periodDays({ frequency: 'hour', start: Date.UTC(2024, 0, 1) }, 23, 2))).toEqual([
      '2024-01-01T23',
      '2024-01-02T00',
    ]);
  });
});

describe('detectFrequency', () => {
  it.each(['hour', 'day', 'week', 'month', 'quarter', 'year'] as const)(
    'finds %s, and each of its periods',
    (frequency) => {
      const calendar = { frequency, start: Date.UTC(2023, 10, 27) };
      const times = Array.from(periodDays(calendar, 0, 30), (day) => Math.round(day * 86_400_000));
      expect(detectFrequency(times)).toBe(frequency);
      expect(detectFrequency(times.filter((_, i) => i % 10 !== 3))).toBe(frequency);
      expect(times.map((time) => periodOfTime(calendar, time))).toEqual(times.map((_, i) => i));
    },
  );

  it('finds none where fewer than half of the steps are of one frequency', () => {
    expect(detectFrequency([0, 1, 2, 5, 9, 14, 20].map((day) => day * 86_400_000))).toBeNull();
    expect(detectFrequency([0, 900_000, 1_800_000])).toBeNull();
  });
});

describe('fillGaps', () => {
  const at = { frequency: 'month', start: 0 } as const;

  it('removes leading gaps, interpolates inner ones, repeats the last value', () => {
    const { values, cut } = fillGaps({ ...at, values: [NaN, NaN, 2, NaN, NaN, 8, NaN] });
    expect([...values]).toEqual([2, 4, 6, 8, 8]);
    expect(cut).toBe(2);
  });

  it.each([
    [[], 'TOO_FEW_ROWS'],
    [[NaN, NaN], 'TOO_FEW_ROWS'],
    [[1, Infinity], 'NOT_FINITE'],
  ])('refuses %j', (values, code) => {
    expect(() => fillGaps({ ...at, values })).toThrow(expect.objectContaining({ code }));
  });

  it('refuses a start that is not finite', () => {
    expect(() => fillGaps({ frequency: 'day', start: NaN, values: [1] })).toThrow(
      expect.objectContaining({ code: 'INVALID_INPUT' }),
    );
  });
});

it('seasonalPeriods has the cycles that fit twice into the length', () => {
  expect(seasonalPeriods('month', 23)).toEqual([]);
  expect(seasonalPeriods('hour', 200)).toEqual([24]);
  expect(seasonalPeriods('hour', 336)).toEqual([24, 168]);
});

it('seriesBefore has the first values', () => {
  expect(seriesBefore({ frequency: 'day', start: 0, values: [1, 2, 3] }, 2).values).toEqual([1, 2]);
});
