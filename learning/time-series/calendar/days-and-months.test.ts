import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  civilDate,
  DAY_MS,
  dayInMonth,
  dayNumber,
  dayOfMonth,
  dayOfTime,
  daysInMonth,
  daysOf,
  firstDayOf,
  isoDate,
  isoMonth,
  monthOf,
  monthOfDay,
  parseIsoDate,
  validDay,
  weekdayOf,
  yearOfMonth,
} from './index.js';

/** Days from year 1 to 9999, more often near the epoch. */
const anyDay = fc.oneof(
  fc.integer({ min: -200_000, max: 200_000 }),
  fc.integer({ min: -719_162, max: 2_932_896 }),
  fc.integer({ min: -800, max: 800 }),
);
const anyMonth = fc.integer({ min: monthOf(100, 1), max: monthOf(9999, 12) });

describe('days', () => {
  it('agree with Date on dates, ISO text and weekdays, before and after the epoch', () => {
    fc.assert(
      fc.property(anyDay, (number) => {
        expect(dayNumber(civilDate(number))).toBe(number);
        const date = new Date(number * DAY_MS);
        expect(civilDate(number)).toEqual({
          year: date.getUTCFullYear(),
          month: date.getUTCMonth() + 1,
          day: date.getUTCDate(),
        });
        expect(isoDate(number)).toBe(date.toISOString().slice(0, 10));
        expect(parseIsoDate(isoDate(number))).toBe(number);
        expect((weekdayOf(number) + 1) % 7).toBe(date.getUTCDay());
      }),
    );
  });

  it.each([
    ['1970-01-01', 0],
    ['1969-12-31', -1],
    ['1600-02-29', -135_081],
    ['2000-02-29', 11_016],
    ['2024-02-29', 19_782],
    ['0000-01-01', -719_528],
    ['9999-12-31', 2_932_896],
  ])('%s is day %d', (text, day) => {
    expect(parseIsoDate(text)).toBe(day);
    expect(isoDate(day)).toBe(text);
  });

  it.each([
    '2026-02-29',
    '1900-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    ' 2026-01-01',
    '',
  ])('parseIsoDate(%j) is null', (text) => {
    expect(parseIsoDate(text)).toBeNull();
  });

  it('validDay returns null for dates that the calendar does not have', () => {
    expect(validDay({ year: 2024, month: 2, day: 29 })).toBe(19_782);
    expect(validDay({ year: 2023, month: 2, day: 29 })).toBeNull();
    expect(validDay({ year: 2023, month: 13, day: 1 })).toBeNull();
  });

  it('dayOfTime rounds down, also before the epoch', () => {
    expect(dayOfTime(Date.UTC(2026, 0, 31, 23, 59))).toBe(parseIsoDate('2026-01-31'));
    expect(dayOfTime(-1)).toBe(-1);
    expect(dayOfTime(0)).toBe(0);
  });
});

describe('months', () => {
  it('agree with Date.UTC on first days and lengths (property)', () => {
    fc.assert(
      fc.property(anyMonth, (month) => {
        const first = firstDayOf(month);
        const [year, calendarMonth] = [yearOfMonth(month), month % 12];
        expect(first * DAY_MS).toBe(Date.UTC(year, calendarMonth, 1));
        expect(daysInMonth(month)).toBe(new Date(Date.UTC(year, calendarMonth + 1, 0)).getUTCDate());
        expect(isoMonth(month)).toBe(isoDate(first).slice(0, 7));
        expect([monthOfDay(first - 1), monthOfDay(first), monthOfDay(first + 27)]).toEqual([month - 1, month, month]);
      }),
    );
  });

  it('divide all days without gap or overlap (property)', () => {
    fc.assert(
      fc.property(anyDay, (day) => {
        const month = monthOfDay(day);
        expect(firstDayOf(month) + dayOfMonth(day) - 1).toBe(day);
        expect(daysOf(month)).toContain(day);
        expect(daysOf(month)).toHaveLength(daysInMonth(month));
      }),
    );
  });

  it.each([
    [2023, 2, 28],
    [2024, 2, 29],
    [1900, 2, 28],
    [2000, 2, 29],
    [2026, 4, 30],
    [2026, 12, 31],
  ])('month %d-%d has %d days', (year, month, days) => {
    expect(daysInMonth(monthOf(year, month))).toBe(days);
  });

  it('months outside of 1 … 12 carry into the year', () => {
    expect(monthOf(2026, 13)).toBe(monthOf(2027, 1));
    expect(monthOf(2026, 0)).toBe(monthOf(2025, 12));
    expect(isoMonth(monthOf(2026, -11))).toBe('2025-01');
  });

  it('dayInMonth keeps to the month', () => {
    const february = monthOf(2024, 2);
    expect(isoDate(dayInMonth(february, 31))).toBe('2024-02-29');
    expect(isoDate(dayInMonth(february, 0))).toBe('2024-02-01');
    expect(isoDate(dayInMonth(february, 9.6))).toBe('2024-02-10');
  });
});
