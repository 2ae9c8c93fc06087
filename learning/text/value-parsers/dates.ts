import {
  civilDate,
  firstDayOf,
  isoDate,
  monthOf,
  parseIsoDate,
  validDay,
  weekdayOf,
} from '../../time-series/calendar/index.js';
import { MONTH, monthNumber, normaliseDateText, WEEKDAY, weekdayNumber } from './date-words.js';
import { readNumber } from './number-words.js';

/** A range of days, both ends included, as ISO 8601 dates; equal ends for a single day. */
export interface DateRange {
  readonly kind: 'date';
  readonly from: string;
  readonly to: string;
}

/** First and last day as days since 1970-01-01. */
type DayRange = readonly [number, number];
/** Interprets a match. @param today - reference day. */
type Reader = (match: RegExpExecArray, today: number) => DayRange | null;

const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th)?';
const YEAR = "(\\d{4}|'?\\d{2})";
const MAXIMUM_LENGTH = 60;

/** Months outside of 1 … 12 carry into the year. */
const firstOfMonth = (year: number, month: number): number => firstDayOf(monthOf(year, month));

const singleDay = (day: number | null): DayRange | null => (day === null ? null : [day, day]);

/** Full year of a year of two digits: 70–99 are 1970–1999. */
const fullYear = (text: string): number => {
  const year = Number(text.replace("'", ''));
  if (year > 99) return year;
  return year + (year < 70 ? 2000 : 1900);
};

const nearestTo = (candidates: readonly (number | null)[], today: number): number | null =>
  candidates.reduce(
    (best, one) => (best === null || (one !== null && Math.abs(one - today) < Math.abs(best - today)) ? one : best),
    null,
  );

/** The date of this day and month that is nearest to the reference day. */
function nearestYear(month: number, day: number, today: number): number | null {
  const { year } = civilDate(today);
  const candidates = [year - 1, year, year + 1].map((y) => validDay({ year: y, month, day }));
  return nearestTo(candidates, today);
}

/** The date of this day of the month that is nearest to the reference day. */
function nearestMonth(day: number, today: number): number | null {
  const { year, month } = civilDate(today);
  const candidates = [-1, 0, 1].map((shift) => dayOfMonth(firstOfMonth(year, month + shift), day));
  return nearestTo(candidates, today);
}

function dayOfMonth(first: number, day: number): number | null {
  const { year, month } = civilDate(first);
  return validDay({ year, month, day });
}

const wholeMonth = (year: number, month: number): DayRange => [
  firstOfMonth(year, month),
  firstOfMonth(year, month + 1) - 1,
];

/** The current or most recent month of this number. */
function monthWithoutYear(month: number, today: number): DayRange {
  const now = civilDate(today);
  return wholeMonth(month <= now.month ? now.year : now.year - 1, month);
}

const shifts: Readonly<Record<string, number>> = {
  last: -1,
  previous: -1,
  past: -1,
  this: 0,
  current: 0,
  next: 1,
  coming: 1,
  upcoming: 1,
};
const shiftOf = (word: string): number => shifts[word]!;

function calendarUnit(unit: string, shift: number, today: number): DayRange {
  const { year, month } = civilDate(today);
  const monday = today - weekdayOf(today) + 7 * shift;
  if (unit.startsWith('weekend')) return [monday + 5, monday + 6];
  if (unit.startsWith('week')) return [monday, monday + 6];
  if (unit.startsWith('month')) return wholeMonth(year, month + shift);
  return [firstOfMonth(year + shift, 1), firstOfMonth(year + shift + 1, 1) - 1];
}

/** "next Friday": the first one after today; "last Friday": the last one before; "this Friday": of the current week. */
function namedWeekday(name: string, shift: number | null, today: number): number {
  const weekday = weekdayNumber(name);
  const ahead = (weekday - weekdayOf(today) + 7) % 7;
  if (shift === 0) return today - weekdayOf(today) + weekday;
  if (shift === -1) return today + (ahead === 0 ? -7 : ahead - 7);
  return today + (ahead === 0 && shift === 1 ? 7 : ahead);
}

const weekdayOfWeek = (name: string, shift: string, today: number): DayRange | null =>
  singleDay(calendarUnit('week', shiftOf(shift), today)[0] + weekdayNumber(name));

const daysIn: Readonly<Record<string, number>> = { d: 1, w: 7, f: 14 };

function shiftedBy(count: number, unit: string, today: number): number {
  const days = daysIn[unit[0]!];
  if (days !== undefined) return today + Math.round(count * days);
  const { year, month, day } = civilDate(today);
  const first = firstOfMonth(year, month + (unit.startsWith('month') ? count : 12 * count));
  const shifted = civilDate(first);
  return Math.min(first + day - 1, firstOfMonth(shifted.year, shifted.month + 1) - 1);
}

const relativeDays: Readonly<Record<string, number>> = {
  today: 0,
  now: 0,
  tonight: 0,
  'this morning': 0,
  'this afternoon': 0,
  'this evening': 0,
  yesterday: -1,
  'last night': -1,
  'last evening': -1,
  tomorrow: 1,
  'day before yesterday': -2,
  'day after tomorrow': 2,
};

/** India's fiscal year, April to March; "FY25" and "FY 2024-25" end in March 2025. */
function fiscalYear(first: string, second: string | undefined): DayRange | null {
  const end = fullYear(second ?? first);
  if (second !== undefined && fullYear(first) !== end - 1) return null;
  return [firstOfMonth(end - 1, 4), firstOfMonth(end, 4) - 1];
}

function boundaryOf(edge: string, period: string, today: number): DayRange | null {
  const days = readDays(/^(?:week|month|year)$/.test(period) ? `this ${period}` : period, today);
  return days && singleDay(edge === 'end' ? days[1] : days[0]);
}

const PREPOSITIONS = '(?:on|in|by|since|during|for|of|from|until|till|upto|the)';
const fullMatch = (pattern: string): RegExp => new RegExp(`^(?:${PREPOSITIONS} )*${pattern}$`);
const SHIFT = `(${Object.keys(shifts).join('|')})`;
const UNIT = '(days?|weeks?|fortnights?|months?|years?)';

function dayAndMonth(day: string, name: string, year: string | undefined, today: number): DayRange | null {
  const date = { month: monthNumber(name), day: Number(day) };
  if (year === undefined) return singleDay(nearestYear(date.month, date.day, today));
  return singleDay(validDay({ year: fullYear(year), ...date }));
}

const dayMonthYear = (day: string, month: string, year: string | undefined, today: number): DayRange | null =>
  year === undefined
    ? singleDay(nearestYear(Number(month), Number(day), today))
    : singleDay(validDay({ year: fullYear(year), month: Number(month), day: Number(day) }));

/** Date patterns in order; the first one that matches and gives valid days is used. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [fullMatch('(\\d{4}-\\d{2}-\\d{2})'), ([, day]) => singleDay(parseIsoDate(day!))],
  // Day first, as in India and Britain.
  [
    fullMatch('(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4}|\\d{2})'),
    ([, day, month, year], today) => dayMonthYear(day!, month!, year, today),
  ],
  [fullMatch('(\\d{1,2})/(\\d{1,2})'), ([, day, month], today) => dayMonthYear(day!, month!, undefined, today)],
  [
    fullMatch(`${ORDINAL}[ -]?(?:of )?${MONTH}(?:,? ?-?${YEAR})?`),
    ([, day, month, year], today) => dayAndMonth(day!, month!, year, today),
  ],
  [
    fullMatch(`${MONTH},? ?(?:'(\\d{2})|(\\d{4}))`),
    ([, month, short, year]) => wholeMonth(fullYear(short ?? year!), monthNumber(month!)),
  ],
  [
    fullMatch(`${MONTH} (?:the )?${ORDINAL}(?:,? (\\d{4}))?`),
    ([, month, day, year], today) => dayAndMonth(day!, month!, year, today),
  ],
  [fullMatch(MONTH), ([, month], today) => monthWithoutYear(monthNumber(month!), today)],
  [
    fullMatch('(?:year )?(\\d{4})'),
    ([, year]) => [firstOfMonth(Number(year), 1), firstOfMonth(Number(year) + 1, 1) - 1],
  ],
  [
    fullMatch('(?:fy|financial year|fiscal year) ?(\\d{4}|\\d{2})(?:[-/](\\d{4}|\\d{2}))?'),
    ([, first, second]) => fiscalYear(first!, second),
  ],
  [
    fullMatch(`${ORDINAL} (?:of )?(?:the )?${SHIFT} month`),
    ([, day, shift], today) => singleDay(dayOfMonth(calendarUnit('month', shiftOf(shift!), today)[0], Number(day))),
  ],
  [fullMatch('(\\d{1,2})(?:st|nd|rd|th)'), ([, day], today) => singleDay(nearestMonth(Number(day), today))],
  [fullMatch(`past (week|month|year)`), ([, unit], today) => [shiftedBy(-1, unit!, today), today]],
  [
    fullMatch(`${SHIFT} (weekends?|weeks?|months?|years?)`),
    ([, shift, unit], today) => calendarUnit(unit!, shiftOf(shift!), today),
  ],
  [
    fullMatch(`(?:${SHIFT} )?${WEEKDAY}`),
    ([, shift, name], today) => singleDay(namedWeekday(name!, shift === undefined ? null : shiftOf(shift), today)),
  ],
  [fullMatch(`${WEEKDAY} (?:of )?${SHIFT} week`), ([, name, shift], today) => weekdayOfWeek(name!, shift!, today)],
  [fullMatch(`${SHIFT} week(?:'s)? ${WEEKDAY}`), ([, shift, name], today) => weekdayOfWeek(name!, shift!, today)],
  [
    fullMatch('(end|start|beginning) of (?:the )?(.{1,30})'),
    ([, edge, period], today) => boundaryOf(edge!, period!, today),
  ],
  [fullMatch('(week|month|year)[ -](end|start)'), ([, period, edge], today) => boundaryOf(edge!, period!, today)],
  [fullMatch(`(.{1,30}?) ${UNIT} (?:ago|back)`), ([, count, unit], today) => relative(count!, unit!, -1, today)],
  // A duration without a direction ("15 days", "for a week") has no date.
  [fullMatch(`(?:in|after) (.{1,30}?) ${UNIT}`), ([, count, unit], today) => relative(count!, unit!, 1, today)],
  [
    fullMatch(`(.{1,30}?) ${UNIT} (?:later|from now|from today|hence)`),
    ([, count, unit], today) => relative(count!, unit!, 1, today),
  ],
  [fullMatch(`(${SHIFT} .{1,30}?) ${UNIT}`), ([, count, , unit], today) => relative(count!, unit!, 1, today)],
];

/** Whether the shift is defined: fractions of months have no fixed number of days. */
function isWholeDaysOrMonths(count: number, unit: string): boolean {
  if (count < 0 || count > 10_000) return false;
  return daysIn[unit[0]!] !== undefined || Number.isInteger(unit.startsWith('month') ? count : 12 * count);
}

/** A shifted day ("3 days ago"), or the range from or to the reference day ("last 3 months"). */
function relative(count: string, unit: string, sign: -1 | 1, today: number): DayRange | null {
  const [first = '', ...others] = count.split(' ');
  const shift = Object.hasOwn(shifts, first) ? shiftOf(first) : null;
  const words = shift === null ? count : others.join(' ');
  // "a week ago": the article means one.
  const number = /^an?$/.test(words) ? 1 : readNumber(words);
  if (number === null || !isWholeDaysOrMonths(number, unit)) return null;
  const shifted = shiftedBy((shift ?? sign) * number, unit, today);
  if (shift === null) return [shifted, shifted];
  return shift < 0 ? [shifted, today] : [today, shifted];
}

function readExpression(plain: string, today: number): DayRange | null {
  const known = Object.hasOwn(relativeDays, plain) ? relativeDays[plain]! : null;
  if (known !== null) return [today + known, today + known];
  for (const [pattern, read] of readers) {
    const match = pattern.exec(plain);
    const found = match && read(match, today);
    if (found) return found;
  }
  return null;
}

/** Parts of a date expression that do not change the day: its weekday and the time of day. */
const optionalContext: readonly RegExp[] = [
  new RegExp(`^${WEEKDAY},? (?:the )?(?=.*\\d)`),
  new RegExp(`(?<=\\d)(?: on|,) ${WEEKDAY}$`),
  /,? (?:at |around |by )?\d{1,2}(?::\d{2})? ?(?:am|pm|a\.m|p\.m|baje)$/,
  /(?: in the| at)? (?:morning|afternoon|evening|night|noon)$/,
];

function readDays(plain: string, today: number): DayRange | null {
  const direct = readExpression(plain, today);
  if (direct) return direct;
  const shortened = optionalContext
    .map((part) => plain.replace(part, ''))
    .find((text) => text !== plain && text !== '');
  return shortened === undefined ? null : readDays(shortened, today);
}

const BETWEEN = /^(?:from |between )?(.{1,30}?) ?(?: to |-|–| till | until | and | through )(?:the )?(.{1,30})$/;
/** Month or week that the start of a range takes from its end: "1st to 5th of next month", "Monday to Friday next week". */
const sharedSuffixes: readonly (readonly [RegExp, RegExp])[] = [
  [
    new RegExp(`^(?:the )?${ORDINAL}$`),
    new RegExp(`^${ORDINAL} ?(?:of )?(?:the )?(?<rest>${MONTH}.*|${SHIFT} month)$`),
  ],
  [new RegExp(`^${WEEKDAY}$`), new RegExp(`^${WEEKDAY} (?:of )?(?<rest>${SHIFT} week)$`)],
];
const WITHOUT_YEAR = new RegExp(`^(?!.*\\d{4})(?:(?:.*[^a-z])?${MONTH}|\\d{1,2}/\\d{1,2}$)`);

/** Start of a range that names its year at the end ("Jan to March 2025", "Nov to Jan 2025"): that year or the one before. */
function startWithYearOfEnd(first: string, second: string, last: number, today: number): DayRange | null {
  const year = WITHOUT_YEAR.test(first) ? /\d{4}$/.exec(second)?.[0] : undefined;
  if (year === undefined) return null;
  const years = [Number(year), Number(year) - 1];
  const found = years.map((one) => readDays(`${first}${first.includes('/') ? '/' : ' '}${one}`, today));
  return found.find((days) => days !== null && days[0] <= last) ?? null;
}

function startOfRange(first: string, second: string, last: number, today: number): DayRange | null {
  for (const [begin, end] of sharedSuffixes) {
    const rest = begin.test(first) ? end.exec(second)?.groups?.['rest'] : undefined;
    if (rest !== undefined) return readDays(`${first} ${rest}`, today);
  }
  return startWithYearOfEnd(first, second, last, today) ?? readDays(first, today);
}

/** Parses a range: the first day of its start to the last day of its end. */
function readRange(plain: string, today: number): DayRange | null {
  const [, first, second] = BETWEEN.exec(plain) ?? [];
  if (first === undefined || second === undefined) return null;
  const end = readDays(second, today);
  const begin = end && startOfRange(first, second, end[1], today);
  return begin && begin[0] <= end[1] ? [begin[0], end[1]] : null;
}

/**
 * Parses a date or a range of days: "next Friday", "last month", "3 din pehle", "12/03/2026" (day first), "5 March",
 * "March 2025", "1 to 5 March", "FY 2024-25", "tomorrow morning", "अगले शुक्रवार". A weekday alone is the next one,
 * including today; a day without year or month is the nearest one. "kal" and "parso" are ambiguous between past and
 * future and give null.
 * @param referenceDay - ISO date of "today".
 * @returns null for a text that is not a date, an invalid reference day, or years outside 1 to 9999.
 */
export function readDate(text: string, referenceDay: string): DateRange | null {
  const today = parseIsoDate(referenceDay);
  if (today === null || text.length > MAXIMUM_LENGTH) return null;
  const plain = normaliseDateText(text);
  const found = readDays(plain, today) ?? readRange(plain, today);
  return found && found.every(inCalendar) ? asRange(found) : null;
}

const inCalendar = (day: number): boolean => {
  const { year } = civilDate(day);
  return year >= 1 && year <= 9999;
};

const asRange = ([from, to]: DayRange): DateRange => ({ from: isoDate(from), kind: 'date', to: isoDate(to) });
