import { describe, expect, it } from 'vitest';
import { festivalShare, momentIn, monthsUntil } from './calendar.js';

describe('monthsUntil', () => {
  it('ends with the month of the date, across years', () => {
    const months = monthsUntil('2026-02-10', 4);
    expect(months.map(({ year, calendarMonth }) => `${year}-${calendarMonth + 1}`)).toEqual([
      '2025-11',
      '2025-12',
      '2026-1',
      '2026-2',
    ]);
    expect(months[3]).toMatchObject({ index: 3, days: 28, end: Date.UTC(2026, 2, 1) });
  });

  it('returns consecutive months', () => {
    const months = monthsUntil('2026-10-31', 36);
    expect(months.slice(1).every((month, index) => month.start === months[index]!.end)).toBe(true);
    expect(months[0]!.start).toBe(Date.UTC(2023, 10, 1));
  });
});

describe('momentIn', () => {
  const [february] = monthsUntil('2026-02-28', 1);

  it('converts Indian time to UTC: 12:00 is 06:30', () => {
    expect(new Date(momentIn(february!, 10, 12)).toISOString()).toBe('2026-02-10T06:30:00.000Z');
  });

  it('clamps day and hour to the month', () => {
    expect(momentIn(february!, 1, 0)).toBe(february!.start);
    expect(momentIn(february!, 31, 24)).toBeLessThan(february!.end);
  });
});

describe('festivalShare', () => {
  it('sums to 1 over the months of a year', () => {
    for (const year of [2023, 2024, 2025, 2026]) {
      const months = monthsUntil(`${year}-12-31`, 12);
      expect(months.reduce((sum, month) => sum + festivalShare(month), 0)).toBeCloseTo(1, 10);
    }
  });

  it('is mostly in October in 2025, and in October and November in 2026', () => {
    const shareOf = (until: string) => festivalShare(monthsUntil(until, 1)[0]!);
    expect(shareOf('2025-10-31')).toBeGreaterThan(0.85);
    expect(shareOf('2026-10-31')).toBeGreaterThan(0.4);
    expect(shareOf('2026-11-30')).toBeGreaterThan(0.3);
    expect(shareOf('2026-03-31')).toBe(0);
  });
});
