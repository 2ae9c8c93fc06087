import { describe, expect, it } from 'vitest';
import {
  diwaliOf,
  HOLIDAY_YEARS,
  holidayDays,
  INDIAN_HOLIDAYS,
  isBankDay,
  isoDate,
  monthOf,
  parseIsoDate,
  paydays,
  seasonShare,
} from './index.js';

const yearOf = (date: string): number => Number(date.slice(0, 4));

describe('INDIAN_HOLIDAYS', () => {
  it.each(INDIAN_HOLIDAYS)('$name has real, ascending dates for every year', (holiday) => {
    const { dates } = holiday;
    expect([...dates].sort()).toEqual(dates);
    expect(holidayDays(holiday).map(isoDate)).toEqual(dates);
    const years = new Set(dates.map(yearOf));
    for (let year: number = HOLIDAY_YEARS.first; year <= HOLIDAY_YEARS.last; year++) expect(years.has(year)).toBe(true);
  });

  it('has the dates that the gazette announced', () => {
    const of = (name: string, year: number): string =>
      INDIAN_HOLIDAYS.find((holiday) => holiday.name === name)!.dates.find((date) => yearOf(date) === year)!;
    expect(of('diwali', 2023)).toBe('2023-11-12');
    expect(of('holi', 2021)).toBe('2021-03-29');
    expect(of('eid-al-fitr', 2023)).toBe('2023-04-22');
    expect(of('good-friday', 2024)).toBe('2024-03-29');
  });

  it('states for lunar holidays, and only for them, the year from which dates are computed', () => {
    for (const { name, dates, uncertainFrom } of INDIAN_HOLIDAYS) {
      const fixed = new Set(dates.map((date) => date.slice(5))).size === 1 || name === 'good-friday';
      expect(uncertainFrom === null).toBe(fixed);
    }
  });
});

describe('paydays', () => {
  it('last-bank-day moves the last day of a month back to a bank day', () => {
    const days = paydays({ first: 2024, last: 2024 }, 'last-bank-day');
    expect(days).toHaveLength(12);
    // 29 March 2024 is Good Friday, 30 and 31 are a weekend.
    expect(isoDate(days[2]!)).toBe('2024-03-28');
    expect(isoDate(days[1]!)).toBe('2024-02-29');
  });

  it('dayOfMonth moves a fixed day on to a bank day', () => {
    const days = paydays({ first: 2026, last: 2026 }, { dayOfMonth: 1 });
    expect(isoDate(days[0]!)).toBe('2026-01-01');
    expect(isoDate(days[1]!)).toBe('2026-02-02');
    expect(days.every((day) => isBankDay(day, new Set()))).toBe(true);
  });
});

describe('diwaliOf and seasonShare', () => {
  it('diwaliOf is null outside of the table', () => {
    expect(diwaliOf(2024)).toBe(parseIsoDate('2024-10-31'));
    expect(diwaliOf(HOLIDAY_YEARS.first - 1)).toBeNull();
    expect(diwaliOf(HOLIDAY_YEARS.last + 1)).toBeNull();
  });

  it('divides a season over the months that it touches', () => {
    const season = { before: 28, after: 2 };
    const share = (month: number): number => seasonShare(month, parseIsoDate('2023-11-12')!, season);
    expect(share(monthOf(2023, 9))).toBe(0);
    expect(share(monthOf(2023, 10))).toBe(17 / 30);
    expect(share(monthOf(2023, 11))).toBe(13 / 30);
    expect(share(monthOf(2023, 12))).toBe(0);
  });
});
