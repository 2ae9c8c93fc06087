/** Milliseconds of one day. */
export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Customers live by Indian time, five and a half hours ahead of UTC. */
const INDIA_OFFSET_MINUTES = 330;

export interface Month {
  /** 0 = the first month of history. */
  readonly index: number;
  readonly year: number;
  /** 0 = January. */
  readonly calendarMonth: number;
  /** First moment and first moment after it, UTC. */
  readonly start: number;
  readonly end: number;
  readonly days: number;
}

function monthAt(year: number, calendarMonth: number, index: number): Month {
  const start = Date.UTC(year, calendarMonth, 1);
  const end = Date.UTC(year, calendarMonth + 1, 1);
  const first = new Date(start);
  return {
    index,
    year: first.getUTCFullYear(),
    calendarMonth: first.getUTCMonth(),
    start,
    end,
    days: Math.round((end - start) / DAY_MS),
  };
}

/** The last `count` calendar months up to the one that holds `until` (ISO date). */
export function monthsUntil(until: string, count: number): readonly Month[] {
  const last = new Date(`${until}T00:00:00Z`);
  const firstMonth = last.getUTCMonth() - count + 1;
  return Array.from({ length: count }, (_, index) => monthAt(last.getUTCFullYear(), firstMonth + index, index));
}

/**
 * A moment of a month by Indian clock.
 * @param day - from 1; beyond the month's end means its last day.
 * @param hour - 0 … 24, fractions allowed. Before 05:30 the UTC date is the day before; day 1 stays in the month.
 */
export function momentIn(month: Month, day: number, hour: number): number {
  const date = month.start + (Math.min(Math.max(Math.floor(day), 1), month.days) - 1) * DAY_MS;
  const moment = date + Math.floor(hour * 60 - INDIA_OFFSET_MINUTES) * MINUTE_MS;
  return Math.max(month.start, moment);
}

/** Diwali (Lakshmi puja) by the Drik panchang; the festival moves between October and November. */
const diwali: Readonly<Record<number, number>> = {
  2016: Date.UTC(2016, 9, 30),
  2017: Date.UTC(2017, 9, 19),
  2018: Date.UTC(2018, 10, 7),
  2019: Date.UTC(2019, 9, 27),
  2020: Date.UTC(2020, 10, 14),
  2021: Date.UTC(2021, 10, 4),
  2022: Date.UTC(2022, 9, 24),
  2023: Date.UTC(2023, 10, 12),
  2024: Date.UTC(2024, 9, 31),
  2025: Date.UTC(2025, 9, 20),
  2026: Date.UTC(2026, 10, 8),
  2027: Date.UTC(2027, 9, 29),
  2028: Date.UTC(2028, 9, 17),
  2029: Date.UTC(2029, 10, 5),
  2030: Date.UTC(2030, 9, 26),
};
const FESTIVAL_DAYS = 24;

/** How much of the shopping season before Diwali falls into a month: 0 … 1. Outside 2016–2030: late October. */
export function festivalShare(month: Month): number {
  const festival = diwali[month.year] ?? Date.UTC(month.year, 9, 27);
  const from = Math.max(month.start, festival - (FESTIVAL_DAYS - 2) * DAY_MS);
  const to = Math.min(month.end, festival + 2 * DAY_MS);
  return Math.max(0, to - from) / (FESTIVAL_DAYS * DAY_MS);
}
