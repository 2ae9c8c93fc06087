import { describe, expect, it } from 'vitest';
import { sum } from '../../numeric/statistics/sum.js';
import { daysOf, firstDayOf, monthOf, weekdayOf } from '../calendar/index.js';
import { dayShares, fitDayProfile } from './day-profile.js';

const JANUARY = monthOf(2026, 1);

describe('fitDayProfile', () => {
  const months = [JANUARY, JANUARY + 12] as const;

  it('is 1 everywhere without amounts', () => {
    expect(fitDayProfile([], months)).toEqual({ weekdays: Array(7).fill(1), days: Array(31).fill(1) });
  });

  it('finds a weekday with larger amounts, Sunday first', () => {
    const days = Array.from({ length: 12 }, (_, i) => daysOf(JANUARY + i)).flat();
    const { weekdays } = fitDayProfile(
      days.map((day) => ({ day, amount: weekdayOf(day) === 6 ? 30 : 10 })),
      months,
    );
    expect(weekdays[0]).toBe(Math.max(...weekdays));
    expect(weekdays[0]! / weekdays[1]!).toBeGreaterThan(1.5);
  });

  it('ignores amounts outside of the months', () => {
    const outside = [firstDayOf(JANUARY) - 1, firstDayOf(JANUARY + 12)].map((day) => ({ day, amount: 1000 }));
    const inside = [{ day: firstDayOf(JANUARY) + 5, amount: 10 }];
    expect(fitDayProfile([...outside, ...inside], months)).toEqual(fitDayProfile(inside, months));
  });
});

it('dayShares sums to 1 in every month, also for a profile of zeros', () => {
  const uneven = { weekdays: [3, 1, 1, 1, 1, 1, 2], days: Array.from({ length: 31 }, (_, i) => 1 + i) };
  for (let month = JANUARY; month < JANUARY + 12; month++) {
    expect(sum(dayShares(uneven, month))).toBeCloseTo(1, 12);
    expect(sum(dayShares({ ...uneven, weekdays: Array<number>(7).fill(0) }, month))).toBeCloseTo(1, 12);
  }
});
