import { dayOf, firstOfMonth, isoDay, readIsoDay, validDay, weekdayOf } from './calendar.js';
import { readNumber } from './number-words.js';

/** Days from `from` to `to`, both included; one day when they are equal. ISO 8601. */
export interface DateRange {
  readonly kind: 'date';
  readonly from: string;
  readonly to: string;
}

type Reader = (match: RegExpExecArray, today: number) => readonly [number, number] | null;

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';
const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th)?';
const LONGEST = 60;

const oneDay = (day: number | null): readonly [number, number] | null => (day === null ? null : [day, day]);

const monthNumber = (name: string): number => months.indexOf(name as (typeof months)[number]) + 1;

/** Two digits of a year: 70–99 lie in the last century. */
const fullYear = (text: string): number => {
  const year = Number(text);
  if (text.length > 2) return year;
  return year + (year < 70 ? 2000 : 1900);
};

/** Without a year the day nearest to the reference is meant: people speak of the last or the next one. */
function nearestYear(month: number, day: number, today: number): number | null {
  const { year } = dayOf(today);
  const candidates = [year - 1, year, year + 1]
    .map((y) => validDay({ year: y, month, day }))
    .filter((number) => number !== null);
  return candidates.reduce<number | null>(
    (best, number) => (best === null || Math.abs(number - today) < Math.abs(best - today) ? number : best),
    null,
  );
}

const wholeMonth = (year: number, month: number): readonly [number, number] => [
  firstOfMonth(year, month),
  firstOfMonth(year, month + 1) - 1,
];

/** The most recent or present month of this name. */
function monthAlone(month: number, today: number): readonly [number, number] {
  const now = dayOf(today);
  return wholeMonth(month <= now.month ? now.year : now.year - 1, month);
}

const shifts: Readonly<Record<string, number>> = {
  last: -1, previous: -1, past: -1, pichle: -1, pichla: -1, pichli: -1, this: 0, is: 0, current: 0, next: 1, coming: 1,
  agle: 1, agla: 1, agli: 1,
}; // prettier-ignore

function calendarUnit(unit: string, shift: number, today: number): readonly [number, number] {
  const { year, month } = dayOf(today);
  const monday = today - weekdayOf(today) + 7 * shift;
  if (unit.startsWith('weekend')) return [monday + 5, monday + 6];
  if (/^(?:week|haft)/.test(unit)) return [monday, monday + 6];
  if (/^(?:month|mahin)/.test(unit)) return wholeMonth(year, month + shift);
  return [firstOfMonth(year + shift, 1), firstOfMonth(year + shift + 1, 1) - 1];
}

/** "next Friday" is the one after today, "last Friday" the one before, "this Friday" that of the running week. */
function namedWeekday(name: string, shift: number | null, today: number): number {
  const ahead = (weekdays.indexOf(name as (typeof weekdays)[number]) - weekdayOf(today) + 7) % 7;
  if (shift === 0) return today - weekdayOf(today) + weekdays.indexOf(name as (typeof weekdays)[number]);
  if (shift === -1) return today + (ahead === 0 ? -7 : ahead - 7);
  return today + (ahead === 0 && shift === 1 ? 7 : ahead);
}

const unitDays = (unit: string): number => (/^(?:week|haft)/.test(unit) ? 7 : 1);

function shiftedBy(count: number, unit: string, today: number): number | null {
  if (/^(?:day|din|week|haft)/.test(unit)) return today + Math.round(count * unitDays(unit));
  const { year, month, day } = dayOf(today);
  const months_ = /^(?:month|mahin)/.test(unit) ? count : 12 * count;
  const first = firstOfMonth(year, month + Math.round(months_));
  const there = dayOf(first);
  const last = firstOfMonth(there.year, there.month + 1) - 1;
  return Math.min(first + day - 1, last);
}

const relativeDays: Readonly<Record<string, number>> = {
  today: 0, aaj: 0, now: 0, tonight: 0, आज: 0, yesterday: -1, tomorrow: 1, kal: -1, 'day before yesterday': -2,
  'day after tomorrow': 2,
}; // prettier-ignore

const whole = (pattern: string): RegExp => new RegExp(`^(?:on |in |by |the )*${pattern}$`, 'i');
const SHIFT = `(${Object.keys(shifts).join('|')})`;
const UNIT = '(days?|din|weekends?|weeks?|haft[ae]|months?|mahin[ae]|years?|saal)';

const readers: readonly (readonly [RegExp, Reader])[] = [
  [whole('(\\d{4}-\\d{2}-\\d{2})'), ([, day]) => oneDay(readIsoDay(day!))],
  [
    // Day first, as written in India and Britain.
    whole('(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4}|\\d{2})'),
    ([, day, month, year]) => oneDay(validDay({ year: fullYear(year!), month: Number(month), day: Number(day) })),
  ],
  [
    whole(`${ORDINAL}[ -]?(?:of )?${MONTH}(?:,? ?-?(\\d{4}|\\d{2}))?`),
    ([, day, month, year], today) => dayAndMonth(Number(day), month!, year, today),
  ],
  [
    whole(`${MONTH} ${ORDINAL}(?:,? (\\d{4}))?`),
    ([, month, day, year], today) => dayAndMonth(Number(day), month!, year, today),
  ],
  [whole(`${MONTH},? (\\d{4})`), ([, month, year]) => wholeMonth(Number(year), monthNumber(month!.toLowerCase()))],
  [whole(MONTH), ([, month], today) => monthAlone(monthNumber(month!.toLowerCase()), today)],
  [whole('(\\d{4})'), ([, year]) => [firstOfMonth(Number(year), 1), firstOfMonth(Number(year) + 1, 1) - 1]],
  [
    whole(`${SHIFT} ${UNIT}`),
    ([, shift, unit], today) => calendarUnit(unit!.toLowerCase(), shifts[shift!.toLowerCase()]!, today),
  ],
  [
    whole(`(?:${SHIFT} )?(mon|tue|wed|thu|fri|sat|sun)(?:day|s|sday|rs|rsday|nesday|urday)?`),
    ([, shift, name], today) =>
      oneDay(namedWeekday(name!.toLowerCase(), shift === undefined ? null : shifts[shift.toLowerCase()]!, today)),
  ],
  [whole(`(.{1,30}?) ${UNIT} (?:ago|back|pehle)`), ([, count, unit], today) => relative(count!, unit!, -1, today)],
  [
    whole(`(?:in |after )?(.{1,30}?) ${UNIT}(?: later| from now| baad| hence)?`),
    ([, count, unit], today) => relative(count!, unit!, 1, today),
  ],
];

function dayAndMonth(
  day: number,
  name: string,
  year: string | undefined,
  today: number,
): readonly [number, number] | null {
  const month = monthNumber(name.toLowerCase());
  return oneDay(year === undefined ? nearestYear(month, day, today) : validDay({ year: fullYear(year), month, day }));
}

/** Also "last 3 months": a stretch that ends or begins with the reference day. */
function relative(count: string, unit: string, sign: -1 | 1, today: number): readonly [number, number] | null {
  const [first = '', ...others] = count.toLowerCase().split(' ');
  const shift = Object.hasOwn(shifts, first) ? shifts[first]! : null;
  const number = readNumber(shift === null ? count : others.join(' '));
  if (number === null || number > 10_000) return null;
  const there = shiftedBy((shift ?? sign) * number, unit.toLowerCase(), today);
  if (there === null) return null;
  if (shift === null) return [there, there];
  return shift < 0 ? [there, today] : [today, there];
}

/**
 * Reads a date or a stretch of days: "next Friday", "last month", "3 din pehle", "12/03/2026" (day first), "5 March",
 * "March 2025". A weekday without a word is the next one, today included; a day without a year is the nearest one.
 * @param referenceDay - ISO day that "today" means.
 * @returns null when it is none, or when the reference is no day.
 */
export function readDate(text: string, referenceDay: string): DateRange | null {
  const today = readIsoDay(referenceDay);
  const plain = text.trim().toLowerCase().replace(/\s+/g, ' ');
  if (today === null || plain.length > LONGEST) return null;
  const relativeDay = Object.hasOwn(relativeDays, plain) ? relativeDays[plain]! : null;
  if (relativeDay !== null) return asRange([today + relativeDay, today + relativeDay]);
  for (const [pattern, read] of readers) {
    const match = pattern.exec(plain);
    const found = match && read(match, today);
    if (found) return asRange(found);
  }
  return null;
}

const asRange = ([from, to]: readonly [number, number]): DateRange => ({
  from: isoDay(from),
  kind: 'date',
  to: isoDay(to),
});
