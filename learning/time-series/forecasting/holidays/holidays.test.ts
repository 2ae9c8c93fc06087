import { describe, expect, it } from 'vitest';
import { dayOf, HOLIDAY_YEARS, INDIAN_HOLIDAYS, indianHolidays, indianPaydays, isBankDay } from '../index.js';

const yearOf = (date: string): number => Number(date.slice(0, 4));

describe('INDIAN_HOLIDAYS', () => {
  it.each(INDIAN_HOLIDAYS)('$name has real, ascending dates for every year', ({ dates }) => {
    expect([...dates].sort()).toEqual(dates);
    for (const date of dates) expect(new Date(dayOf(date) * 86_400_000).toISOString().slice(0, 10)).toBe(date);
    const years = new Set(dates.map(yearOf));
    for (let year: number = HOLIDAY_YEARS.first; year <= HOLIDAY_YEARS.last; year++) expect(years.has(year)).toBe(true);
  });

  it('agrees with the gazette where memory can check it', () => {
    const of = (name: string, year: number): string =>
      INDIAN_HOLIDAYS.find((holiday) => holiday.name === name)!.dates.find((date) => yearOf(date) === year)!;
    expect(of('diwali', 2023)).toBe('2023-11-12');
    expect(of('holi', 2021)).toBe('2021-03-29');
    expect(of('eid-al-fitr', 2023)).toBe('2023-04-22');
    expect(of('good-friday', 2024)).toBe('2024-03-29');
  });

  it('says from when lunar dates are computed, and nothing of the kind about fixed ones', () => {
    for (const { name, dates, uncertainFrom } of INDIAN_HOLIDAYS) {
      const fixed = new Set(dates.map((date) => date.slice(5))).size === 1 || name === 'good-friday';
      expect(uncertainFrom === null).toBe(fixed);
    }
  });
});

it('gives each holiday the asked window', () => {
  expect(indianHolidays(2, 1).every(({ lowerWindow, upperWindow }) => lowerWindow === -2 && upperWindow === 1)).toBe(
    true,
  );
});

describe('indianPaydays', () => {
  const iso = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10);

  it('moves the last day of a month back to a bank day', () => {
    const { days } = indianPaydays({ first: 2024, last: 2024 }, 'last-bank-day');
    expect(days).toHaveLength(12);
    // 29 March 2024 is Good Friday, 30 and 31 a weekend.
    expect(iso(days[2]!)).toBe('2024-03-28');
    expect(iso(days[1]!)).toBe('2024-02-29');
  });

  it('moves a fixed day on to a bank day', () => {
    const { days } = indianPaydays({ first: 2026, last: 2026 }, { dayOfMonth: 1 });
    expect(iso(days[0]!)).toBe('2026-01-01');
    expect(iso(days[1]!)).toBe('2026-02-02');
    expect(days.every((day) => isBankDay(day, new Set()))).toBe(true);
  });
});
