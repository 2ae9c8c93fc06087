/*
 * A day is an integer: whole days since 1970-01-01 in UTC, negative before. Gregorian calendar, proleptic; years as
 * astronomers count them (0 = 1 BC).
 */

/** Milliseconds of one day. */
export const DAY_MS = 86_400_000;

/** A date of the Gregorian calendar. */
export interface CivilDate {
  readonly year: number;
  /** 1 … 12 */
  readonly month: number;
  /** 1 … 31 */
  readonly day: number;
}

/** Day of a civil date (Hinnant 2013, `days_from_civil`). A day beyond the end of its month counts on into the next. */
export function dayNumber({ year, month, day }: CivilDate): number {
  // Years begin in March, so that the leap day is the last of its year.
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** Civil date of a day (Hinnant 2013, `civil_from_days`); the inverse of `dayNumber`. */
export function civilDate(day: number): CivilDate {
  const z = day + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

/** @returns the day, or null when the calendar has no such date (30 February). */
export function validDay(date: CivilDate): number | null {
  const number = dayNumber(date);
  const { year, month, day } = civilDate(number);
  return month === date.month && day === date.day && year === date.year ? number : null;
}

/** Weekday in the order of ISO 8601: 0 = Monday … 6 = Sunday. */
export const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7;

/** ISO 8601 date, `2026-01-31`. @param day - of a year from 0 to 9999. */
export function isoDate(day: number): string {
  const { year, month, day: dayOfMonth } = civilDate(day);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
}

/** @returns the day of an ISO 8601 date (`2026-01-31`), or null for other text and for dates that do not exist. */
export function parseIsoDate(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match ? validDay({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }) : null;
}

/** Day that a moment lies in. @param milliseconds - since the epoch. */
export const dayOfTime = (milliseconds: number): number => Math.floor(milliseconds / DAY_MS);
