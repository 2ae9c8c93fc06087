/** A day of the Gregorian calendar. */
export interface Day {
  readonly year: number;
  /** 1 to 12 */
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01 (Hinnant 2013, days_from_civil). */
export function dayNumber({ year, month, day }: Day): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** The day with this number (Hinnant 2013, civil_from_days). */
export function dayOf(number: number): Day {
  const z = number + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const century = Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - century) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

/** 0 = Monday. */
export const weekdayOf = (number: number): number => (((number + 3) % 7) + 7) % 7;

/** Months may be outside of 1 … 12 and carry into the year. */
export function firstOfMonth(year: number, month: number): number {
  const shift = Math.floor((month - 1) / 12);
  return dayNumber({ year: year + shift, month: month - 12 * shift, day: 1 });
}

/** @returns the number of the day, or null when the calendar has none such (30 February). */
export function validDay(day: Day): number | null {
  const number = dayNumber(day);
  const back = dayOf(number);
  return back.month === day.month && back.day === day.day && back.year === day.year ? number : null;
}

/** 2026-01-31 */
export function isoDay(number: number): string {
  const { year, month, day } = dayOf(number);
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** @returns the number of an ISO day, or null. */
export function readIsoDay(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return match ? validDay({ year: Number(match[1]), month: Number(match[2]), day: Number(match[3]) }) : null;
}
