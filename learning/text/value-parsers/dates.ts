import {
  civilDate,
  firstDayOf,
  isoDate,
  monthOf,
  parseIsoDate,
  validDay,
  weekdayOf,
} from '../../time-series/calendar/index.js';
import { MONTH, monthNumber, plainDate, WEEKDAY, weekdayNumber } from './date-words.js';
import { readNumber } from './number-words.js';

/** Days from `from` to `to`, both included; one day when they are equal. ISO 8601. */
export interface DateRange {
  readonly kind: 'date';
  readonly from: string;
  readonly to: string;
}

/** First and last day, as numbers of days. */
type Days = readonly [number, number];
type Reader = (match: RegExpExecArray, today: number) => Days | null;

const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th)?';
const YEAR = "(\\d{4}|'?\\d{2})";
const LONGEST = 60;

/** Months outside of 1 … 12 carry into the year. */
const firstOfMonth = (year: number, month: number): number => firstDayOf(monthOf(year, month));

const oneDay = (day: number | null): Days | null => (day === null ? null : [day, day]);

/** Two digits of a year: 70–99 lie in the last century. */
const fullYear = (text: string): number => {
  const year = Number(text.replace("'", ''));
  if (year > 99) return year;
  return year + (year < 70 ? 2000 : 1900);
};

const nearest = (candidates: readonly (number | null)[], today: number): number | null =>
  candidates.reduce(
    (best, one) => (best === null || (one !== null && Math.abs(one - today) < Math.abs(best - today)) ? one : best),
    null,
  );

/** Without a year the day nearest to the reference is meant: people speak of the last or the next one. */
function nearestYear(month: number, day: number, today: number): number | null {
  const { year } = civilDate(today);
  return nearest([year - 1, year, year + 1].map((y) => validDay({ year: y, month, day })), today); // prettier-ignore
}

/** The 5th: of this month, the one before or the one after, whichever is nearest. */
function nearestMonth(day: number, today: number): number | null {
  const { year, month } = civilDate(today);
  return nearest([-1, 0, 1].map((shift) => dayOfMonth(firstOfMonth(year, month + shift), day)), today); // prettier-ignore
}

function dayOfMonth(first: number, day: number): number | null {
  const { year, month } = civilDate(first);
  return validDay({ year, month, day });
}

const wholeMonth = (year: number, month: number): Days => [
  firstOfMonth(year, month),
  firstOfMonth(year, month + 1) - 1,
];

/** The most recent or present month of this name. */
function monthAlone(month: number, today: number): Days {
  const now = civilDate(today);
  return wholeMonth(month <= now.month ? now.year : now.year - 1, month);
}

const shifts: Readonly<Record<string, number>> = {
  last: -1, previous: -1, past: -1, this: 0, current: 0, next: 1, coming: 1, upcoming: 1,
}; // prettier-ignore
const shiftOf = (word: string): number => shifts[word]!;

function calendarUnit(unit: string, shift: number, today: number): Days {
  const { year, month } = civilDate(today);
  const monday = today - weekdayOf(today) + 7 * shift;
  if (unit.startsWith('weekend')) return [monday + 5, monday + 6];
  if (unit.startsWith('week')) return [monday, monday + 6];
  if (unit.startsWith('month')) return wholeMonth(year, month + shift);
  return [firstOfMonth(year + shift, 1), firstOfMonth(year + shift + 1, 1) - 1];
}

/** "next Friday" is the one after today, "last Friday" the one before, "this Friday" that of the running week. */
function namedWeekday(name: string, shift: number | null, today: number): number {
  const weekday = weekdayNumber(name);
  const ahead = (weekday - weekdayOf(today) + 7) % 7;
  if (shift === 0) return today - weekdayOf(today) + weekday;
  if (shift === -1) return today + (ahead === 0 ? -7 : ahead - 7);
  return today + (ahead === 0 && shift === 1 ? 7 : ahead);
}

const weekdayOfWeek = (name: string, shift: string, today: number): Days | null =>
  oneDay(calendarUnit('week', shiftOf(shift), today)[0] + weekdayNumber(name));

const daysIn: Readonly<Record<string, number>> = { d: 1, w: 7, f: 14 };

function shiftedBy(count: number, unit: string, today: number): number {
  const days = daysIn[unit[0]!];
  if (days !== undefined) return today + Math.round(count * days);
  const { year, month, day } = civilDate(today);
  const first = firstOfMonth(year, month + (unit.startsWith('month') ? count : 12 * count));
  const there = civilDate(first);
  return Math.min(first + day - 1, firstOfMonth(there.year, there.month + 1) - 1);
}

const relativeDays: Readonly<Record<string, number>> = {
  today: 0, now: 0, tonight: 0, 'this morning': 0, 'this afternoon': 0, 'this evening': 0, yesterday: -1,
  'last night': -1, 'last evening': -1, tomorrow: 1, 'day before yesterday': -2, 'day after tomorrow': 2,
}; // prettier-ignore

/** India's: from April to March; FY25 and 2024-25 are named by their end. */
function fiscalYear(first: string, second: string | undefined): Days | null {
  const end = fullYear(second ?? first);
  if (second !== undefined && fullYear(first) !== end - 1) return null;
  return [firstOfMonth(end - 1, 4), firstOfMonth(end, 4) - 1];
}

function edgeOf(edge: string, period: string, today: number): Days | null {
  const days = readDays(/^(?:week|month|year)$/.test(period) ? `this ${period}` : period, today);
  return days && oneDay(edge === 'end' ? days[1] : days[0]);
}

const before = '(?:on|in|by|since|during|for|of|from|until|till|upto|the)';
const whole = (pattern: string): RegExp => new RegExp(`^(?:${before} )*${pattern}$`);
const SHIFT = `(${Object.keys(shifts).join('|')})`;
const UNIT = '(days?|weeks?|fortnights?|months?|years?)';

function dayAndMonth(day: string, name: string, year: string | undefined, today: number): Days | null {
  const date = { month: monthNumber(name), day: Number(day) };
  if (year === undefined) return oneDay(nearestYear(date.month, date.day, today));
  return oneDay(validDay({ year: fullYear(year), ...date }));
}

const numeric = (day: string, month: string, year: string | undefined, today: number): Days | null =>
  year === undefined
    ? oneDay(nearestYear(Number(month), Number(day), today))
    : oneDay(validDay({ year: fullYear(year), month: Number(month), day: Number(day) }));

/** The first that fits and finds a day of the calendar answers. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [whole('(\\d{4}-\\d{2}-\\d{2})'), ([, day]) => oneDay(parseIsoDate(day!))],
  // Day first, as written in India and Britain.
  [whole('(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4}|\\d{2})'), ([, day, month, year], today) => numeric(day!, month!, year, today)], // prettier-ignore
  [whole('(\\d{1,2})/(\\d{1,2})'), ([, day, month], today) => numeric(day!, month!, undefined, today)],
  [whole(`${ORDINAL}[ -]?(?:of )?${MONTH}(?:,? ?-?${YEAR})?`), ([, day, month, year], today) => dayAndMonth(day!, month!, year, today)], // prettier-ignore
  [whole(`${MONTH},? ?(?:'(\\d{2})|(\\d{4}))`), ([, month, short, year]) => wholeMonth(fullYear(short ?? year!), monthNumber(month!))], // prettier-ignore
  [whole(`${MONTH} (?:the )?${ORDINAL}(?:,? (\\d{4}))?`), ([, month, day, year], today) => dayAndMonth(day!, month!, year, today)], // prettier-ignore
  [whole(MONTH), ([, month], today) => monthAlone(monthNumber(month!), today)],
  [whole('(?:year )?(\\d{4})'), ([, year]) => [firstOfMonth(Number(year), 1), firstOfMonth(Number(year) + 1, 1) - 1]],
  [whole('(?:fy|financial year|fiscal year) ?(\\d{4}|\\d{2})(?:[-/](\\d{4}|\\d{2}))?'), ([, first, second]) => fiscalYear(first!, second)], // prettier-ignore
  [whole(`${ORDINAL} (?:of )?(?:the )?${SHIFT} month`), ([, day, shift], today) => oneDay(dayOfMonth(calendarUnit('month', shiftOf(shift!), today)[0], Number(day)))], // prettier-ignore
  [whole('(\\d{1,2})(?:st|nd|rd|th)'), ([, day], today) => oneDay(nearestMonth(Number(day), today))],
  [whole(`past (week|month|year)`), ([, unit], today) => [shiftedBy(-1, unit!, today), today]],
  [whole(`${SHIFT} (weekends?|weeks?|months?|years?)`), ([, shift, unit], today) => calendarUnit(unit!, shiftOf(shift!), today)], // prettier-ignore
  [whole(`(?:${SHIFT} )?${WEEKDAY}`), ([, shift, name], today) => oneDay(namedWeekday(name!, shift === undefined ? null : shiftOf(shift), today))], // prettier-ignore
  [whole(`${WEEKDAY} (?:of )?${SHIFT} week`), ([, name, shift], today) => weekdayOfWeek(name!, shift!, today)],
  [whole(`${SHIFT} week(?:'s)? ${WEEKDAY}`), ([, shift, name], today) => weekdayOfWeek(name!, shift!, today)],
  [whole('(end|start|beginning) of (?:the )?(.{1,30})'), ([, edge, period], today) => edgeOf(edge!, period!, today)],
  [whole('(week|month|year)[ -](end|start)'), ([, period, edge], today) => edgeOf(edge!, period!, today)],
  [whole(`(.{1,30}?) ${UNIT} (?:ago|back)`), ([, count, unit], today) => relative(count!, unit!, -1, today)],
  // A length by itself ("15 days", "for a week") is no day.
  [whole(`(?:in|after) (.{1,30}?) ${UNIT}`), ([, count, unit], today) => relative(count!, unit!, 1, today)],
  [whole(`(.{1,30}?) ${UNIT} (?:later|from now|from today|hence)`), ([, count, unit], today) => relative(count!, unit!, 1, today)], // prettier-ignore
  [whole(`(${SHIFT} .{1,30}?) ${UNIT}`), ([, count, , unit], today) => relative(count!, unit!, 1, today)],
];

/** Half a month is no number of days that everybody would count alike. */
function isCountable(count: number, unit: string): boolean {
  if (count < 0 || count > 10_000) return false;
  return daysIn[unit[0]!] !== undefined || Number.isInteger(unit.startsWith('month') ? count : 12 * count);
}

/** Also "last 3 months": a stretch that ends or begins with the reference day. */
function relative(count: string, unit: string, sign: -1 | 1, today: number): Days | null {
  const [first = '', ...others] = count.split(' ');
  const shift = Object.hasOwn(shifts, first) ? shiftOf(first) : null;
  const words = shift === null ? count : others.join(' ');
  // "a week ago": the article is no number of its own.
  const number = /^an?$/.test(words) ? 1 : readNumber(words);
  if (number === null || !isCountable(number, unit)) return null;
  const there = shiftedBy((shift ?? sign) * number, unit, today);
  if (shift === null) return [there, there];
  return shift < 0 ? [there, today] : [today, there];
}

function readOne(plain: string, today: number): Days | null {
  const known = Object.hasOwn(relativeDays, plain) ? relativeDays[plain]! : null;
  if (known !== null) return [today + known, today + known];
  for (const [pattern, read] of readers) {
    const match = pattern.exec(plain);
    const found = match && read(match, today);
    if (found) return found;
  }
  return null;
}

/** What may stand around a day without changing it: its weekday, and the time of the day. */
const around: readonly RegExp[] = [
  new RegExp(`^${WEEKDAY},? (?:the )?(?=.*\\d)`),
  new RegExp(`(?<=\\d)(?: on|,) ${WEEKDAY}$`),
  /,? (?:at |around |by )?\d{1,2}(?::\d{2})? ?(?:am|pm|a\.m|p\.m|baje)$/,
  /(?: in the| at)? (?:morning|afternoon|evening|night|noon)$/,
];

function readDays(plain: string, today: number): Days | null {
  const direct = readOne(plain, today);
  if (direct) return direct;
  const bare = around.map((part) => plain.replace(part, '')).find((text) => text !== plain && text !== '');
  return bare === undefined ? null : readDays(bare, today);
}

const BETWEEN = /^(?:from |between )?(.{1,30}?) ?(?: to |-|–| till | until | and | through )(?:the )?(.{1,30})$/;
/** What a beginning takes from the end, month or week: "1st to 5th of next month", "Monday to Friday next week". */
const sharedWithEnd: readonly (readonly [RegExp, RegExp])[] = [
  [new RegExp(`^(?:the )?${ORDINAL}$`), new RegExp(`^${ORDINAL} ?(?:of )?(?:the )?(?<rest>${MONTH}.*|${SHIFT} month)$`)], // prettier-ignore
  [new RegExp(`^${WEEKDAY}$`), new RegExp(`^${WEEKDAY} (?:of )?(?<rest>${SHIFT} week)$`)],
];
const WITHOUT_YEAR = new RegExp(`^(?!.*\\d{4})(?:(?:.*[^a-z])?${MONTH}|\\d{1,2}/\\d{1,2}$)`);

/** "Jan to March 2025", "Nov to Jan 2025": the beginning lies in the year of the end, or in the one before. */
function inYearOfEnd(first: string, second: string, last: number, today: number): Days | null {
  const year = WITHOUT_YEAR.test(first) ? /\d{4}$/.exec(second)?.[0] : undefined;
  if (year === undefined) return null;
  const years = [Number(year), Number(year) - 1];
  const found = years.map((one) => readDays(`${first}${first.includes('/') ? '/' : ' '}${one}`, today));
  return found.find((days) => days !== null && days[0] <= last) ?? null;
}

function beginningOf(first: string, second: string, last: number, today: number): Days | null {
  for (const [begin, end] of sharedWithEnd) {
    const rest = begin.test(first) ? end.exec(second)?.groups?.['rest'] : undefined;
    if (rest !== undefined) return readDays(`${first} ${rest}`, today);
  }
  return inYearOfEnd(first, second, last, today) ?? readDays(first, today);
}

/** From the first day of one to the last day of the other. */
function readBetween(plain: string, today: number): Days | null {
  const [, first, second] = BETWEEN.exec(plain) ?? [];
  if (first === undefined || second === undefined) return null;
  const end = readDays(second, today);
  const begin = end && beginningOf(first, second, end[1], today);
  return begin && begin[0] <= end[1] ? [begin[0], end[1]] : null;
}

/**
 * Reads a date or a stretch of days: "next Friday", "last month", "3 din pehle", "12/03/2026" (day first), "5 March",
 * "March 2025", "1 to 5 March", "FY 2024-25", "tomorrow morning", "अगले शुक्रवार". A weekday without a word is the next one,
 * today included; a day without a year or month is the nearest one. "kal" and "parso" are yesterday or tomorrow alike and
 * have no value.
 * @param referenceDay - ISO day that "today" means.
 * @returns null when it is none, when the reference is no day, or beyond the years 1 to 9999.
 */
export function readDate(text: string, referenceDay: string): DateRange | null {
  const today = parseIsoDate(referenceDay);
  if (today === null || text.length > LONGEST) return null;
  const plain = plainDate(text);
  const found = readDays(plain, today) ?? readBetween(plain, today);
  return found && found.every(inCalendar) ? asRange(found) : null;
}

const inCalendar = (day: number): boolean => {
  const { year } = civilDate(day);
  return year >= 1 && year <= 9999;
};

const asRange = ([from, to]: Days): DateRange => ({ from: isoDate(from), kind: 'date', to: isoDate(to) });
