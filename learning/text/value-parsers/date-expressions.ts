import type { DateOrder } from '../../../contracts/dataset.js';
import { civilDate, parseIsoDate, validDay, weekdayOf } from '../../time-series/calendar/index.js';
import { MONTH, monthNumber, WEEKDAY, weekdayNumber } from './date-words.js';
import {
  dayOfMonthFrom,
  dayWithoutMonth,
  dayWithoutYear,
  chosenReading,
  firstOfMonth,
  fullYear,
  monthWithoutYear,
  nearestDayOfMonth,
  singleDay,
  weekdayAlone,
  wholeMonth,
  type DateAnchor,
  type DayRange,
} from './day-choice.js';
import { readNumber } from './number-words.js';

/** Interprets a match. */
type Reader = (match: RegExpExecArray, anchor: DateAnchor) => DayRange | null;

export const ORDINAL = '(\\d{1,2})(?:st|nd|rd|th)?(?: tareekh)?';
const YEAR = "(\\d{4}|'?\\d{2})";
const shifts: Readonly<Record<string, number>> = {
  'next to next': 2,
  'last to last': -2,
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
export const SHIFT = `(${Object.keys(shifts).join('|')})`;
const UNIT = '(days?|weeks?|fortnights?|months?|years?)';

const PREPOSITIONS = '(?:on|in|by|during|for|of|from|until|till|upto|the)';
const fullMatch = (pattern: string): RegExp => new RegExp(`^(?:${PREPOSITIONS} )*${pattern}$`);

function calendarUnit(unit: string, shift: number, today: number): DayRange {
  const { year, month } = civilDate(today);
  const monday = today - weekdayOf(today) + 7 * shift;
  if (unit.startsWith('weekend')) return [monday + 5, monday + 6];
  if (unit.startsWith('week')) return [monday, monday + 6];
  if (unit.startsWith('month')) return wholeMonth(year, month + shift);
  return [firstOfMonth(year + shift, 1), firstOfMonth(year + shift + 1, 1) - 1];
}

/** "next Friday": the first one after today; "last Friday": the last one before; "this Friday": of the current week. */
function shiftedWeekday(name: string, shift: number, { today }: DateAnchor): DayRange {
  const weekday = weekdayNumber(name);
  if (shift === 0) return singleDay(today - weekdayOf(today) + weekday)!;
  const ahead = (weekday - weekdayOf(today) + 7) % 7;
  const next = ahead === 0 ? today + 7 : today + ahead;
  const first = shift > 0 ? next : ahead === 0 ? today - 7 : next - 7;
  return singleDay(first + 7 * (shift - Math.sign(shift)))!;
}

/** "this Monday" of a past day of the week is refused where the text speaks of the future, and the other way round. */
function namedWeekday(name: string, word: string | undefined, anchor: DateAnchor): DayRange | null {
  if (word === undefined) return weekdayAlone(weekdayNumber(name), anchor);
  const found = shiftedWeekday(name, shiftOf(word), anchor);
  if (shiftOf(word) !== 0) return found;
  // "this Wednesday" on a Wednesday is today or in a week.
  if (found[0] === anchor.today) return null;
  if (anchor.direction === null) return found;
  const isAhead = found[0] >= anchor.today;
  const isBack = found[0] <= anchor.today;
  return (anchor.direction === 'future' ? isAhead : isBack) ? found : null;
}

/** "next 30th": the first one after today; "last 5th": the last one before today. */
function shiftedDayOfMonth(shift: number, day: number, { today }: DateAnchor): DayRange | null {
  if (Math.abs(shift) !== 1) return null;
  return singleDay(nearestDayOfMonth(day, today + shift, shift > 0 ? 1 : -1));
}

/** "last March", "next March": outside the present month; "this March": of the present year. */
function shiftedMonth(shift: number, name: string, { today }: DateAnchor): DayRange | null {
  const { year, month } = civilDate(today);
  const number = monthNumber(name);
  if (shift === 0) return wholeMonth(year, number);
  if (shift === 1) return wholeMonth(number > month ? year : year + 1, number);
  return shift === -1 ? wholeMonth(number < month ? year : year - 1, number) : null;
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
/** Hindi words for a day before or after today, depending on the tense. */
const eitherSide: Readonly<Record<string, number>> = { kal: 1, parso: 2 };

/** India's fiscal year, April to March; "FY25" and "FY 2024-25" end in March 2025. */
function fiscalYear(first: string, second: string | undefined): DayRange | null {
  const end = fullYear(second ?? first);
  if (second !== undefined && fullYear(first) !== end - 1) return null;
  return [firstOfMonth(end - 1, 4), firstOfMonth(end, 4) - 1];
}

/** "this financial year", "last FY". */
function shiftedFiscalYear(shift: number, today: number): DayRange {
  const { year, month } = civilDate(today);
  const start = (month >= 4 ? year : year - 1) + shift;
  return [firstOfMonth(start, 4), firstOfMonth(start + 1, 4) - 1];
}

const isUnit = (text: string): boolean => /^(?:week|month|year)$/.test(text);

function boundaryOf(edge: string, period: string, anchor: DateAnchor): DayRange | null {
  const days = readExpression(isUnit(period) ? `this ${period}` : period, anchor);
  return days && singleDay(/end|last/.test(edge) ? days[1] : days[0]);
}

function dayAndMonth(day: string, month: number, year: string | undefined, anchor: DateAnchor): DayRange | null {
  if (year === undefined) return dayWithoutYear(month, Number(day), anchor);
  return singleDay(validDay({ year: fullYear(year), month, day: Number(day) }));
}

/** Day and month of two numbers. */
const inOrder = (first: string, second: string, order: DateOrder): readonly [string, string] =>
  order === 'day-first' ? [first, second] : [second, first];

/** "05/03/2027" by the writer's convention; "03/13/2027", which it cannot be, by the only reading that is on the calendar. */
function dateInNumbers(first: string, second: string, year: string, anchor: DateAnchor): DayRange | null {
  const [day, month] = inOrder(first, second, anchor.order);
  return dayAndMonth(day, Number(month), year, anchor) ?? dayAndMonth(month, Number(day), year, anchor);
}

/** "Jan-14" may be a day or the month of 2014; "Jan-45" and "Feb-31" are no day. */
function monthOfYear(month: string, dashed: string | undefined, year: string): DayRange | null {
  const number = monthNumber(month);
  if (dashed !== undefined && validDay({ year: LEAP_YEAR, month: number, day: Number(dashed) }) !== null) return null;
  return wholeMonth(fullYear(year), number);
}

/** Whether the shift is defined: fractions of months have no fixed number of days. */
function isWholeDaysOrMonths(count: number, unit: string): boolean {
  if (count < 0 || count > 10_000) return false;
  return daysIn[unit[0]!] !== undefined || Number.isInteger(unit.startsWith('month') ? count : 12 * count);
}

/** A number of units; an article means one. */
const countOf = (words: string): number | null => (/^an?$/.test(words) ? 1 : readNumber(words));

/** A shifted day: "3 days ago". */
function relativeDay(words: string, unit: string, sign: -1 | 1, today: number): DayRange | null {
  const count = countOf(words);
  if (count === null || !isWholeDaysOrMonths(count, unit)) return null;
  return singleDay(shiftedBy(sign * count, unit, today));
}

/** The range from or to the reference day: "last 3 months". */
function relativeRange(shift: number, words: string, unit: string, today: number): DayRange | null {
  const count = countOf(words);
  if (count === null || Math.abs(shift) > 1 || !isWholeDaysOrMonths(count, unit)) return null;
  const shifted = shiftedBy((shift === 0 ? 1 : shift) * count, unit, today);
  return shift < 0 ? [shifted, today] : [today, shifted];
}

/** Has every day that some year has. */
const LEAP_YEAR = 2000;

const FISCAL = '(?:fy|financial year|fiscal year)';
const year = (number: number): DayRange => [firstOfMonth(number, 1), firstOfMonth(number + 1, 1) - 1];

/** Date patterns in order; the first one that matches and gives valid days is used. */
const readers: readonly (readonly [RegExp, Reader])[] = [
  [fullMatch('(\\d{4}-\\d{2}-\\d{2})'), ([, day]) => singleDay(parseIsoDate(day!))],
  [
    fullMatch('(\\d{4})[/.](\\d{1,2})[/.](\\d{1,2})'),
    ([, y, month, day]) => singleDay(validDay({ year: Number(y), month: Number(month), day: Number(day) })),
  ],
  // Points stand behind the day everywhere.
  [
    fullMatch('(\\d{1,2})\\.(\\d{1,2})\\.(\\d{4}|\\d{2})'),
    ([, day, month, y], anchor) => dayAndMonth(day!, Number(month), y, anchor),
  ],
  [
    fullMatch('(\\d{1,2})[/.-](\\d{1,2})[/.-](\\d{4}|\\d{2})'),
    ([, first, second, y], anchor) => dateInNumbers(first!, second!, y!, anchor),
  ],
  [
    fullMatch('(\\d{1,2})/(\\d{1,2})'),
    ([, first, second], anchor) => {
      const [day, month] = inOrder(first!, second!, anchor.order);
      return dayAndMonth(day, Number(month), undefined, anchor);
    },
  ],
  [
    fullMatch(`${ORDINAL}[ -]?(?:of )?${MONTH}(?:,? ?-?${YEAR})?`),
    ([, day, month, y], anchor) => dayAndMonth(day!, monthNumber(month!), y, anchor),
  ],
  [
    fullMatch(`${MONTH},? ?(?:'(\\d{2})|-(\\d{2})|-?(\\d{4}))`),
    ([, month, short, dashed, full]) => monthOfYear(month!, dashed, short ?? dashed ?? full!),
  ],
  [
    fullMatch(`${MONTH} (?:the )?${ORDINAL}(?:,? (\\d{4}))?`),
    ([, month, day, y], anchor) => dayAndMonth(day!, monthNumber(month!), y, anchor),
  ],
  [fullMatch(MONTH), ([, month], anchor) => monthWithoutYear(monthNumber(month!), anchor)],
  [fullMatch(`(?:month of )${MONTH}`), ([, month], anchor) => monthWithoutYear(monthNumber(month!), anchor)],
  [fullMatch(`${SHIFT} ${MONTH}`), ([, shift, name], anchor) => shiftedMonth(shiftOf(shift!), name!, anchor)],
  [fullMatch('((?:19|20)\\d{2})'), ([, number]) => year(Number(number))],
  [fullMatch('year (\\d{4})'), ([, number]) => year(Number(number))],
  [fullMatch(`${FISCAL} ?(\\d{4}|\\d{2})(?:[-/](\\d{4}|\\d{2}))?`), ([, first, second]) => fiscalYear(first!, second)],
  [fullMatch(`${SHIFT} ${FISCAL}`), ([, shift], { today }) => shiftedFiscalYear(shiftOf(shift!), today)],
  [
    fullMatch(`${ORDINAL} (?:of )?(?:the )?${SHIFT} month`),
    ([, day, shift], { today }) =>
      singleDay(dayOfMonthFrom(calendarUnit('month', shiftOf(shift!), today)[0], Number(day))),
  ],
  [
    fullMatch(`${SHIFT} month(?:'s)?,? (?:the )?${ORDINAL}`),
    ([, shift, day], { today }) =>
      singleDay(dayOfMonthFrom(calendarUnit('month', shiftOf(shift!), today)[0], Number(day))),
  ],
  [fullMatch('(\\d{1,2})(?:st|nd|rd|th| tareekh)'), ([, day], anchor) => dayWithoutMonth(Number(day), anchor)],
  [fullMatch('month (\\d{1,2}) tareekh'), ([, day], anchor) => dayWithoutMonth(Number(day), anchor)],
  [
    fullMatch('([a-z]+|[\\u0900-\\u097f]+) tareekh'),
    ([, words], anchor) => {
      const day = readNumber(words!);
      return day === null || !Number.isInteger(day) ? null : dayWithoutMonth(day, anchor);
    },
  ],
  [
    fullMatch(`${SHIFT} (\\d{1,2})(?:st|nd|rd|th| tareekh)`),
    ([, shift, day], anchor) => shiftedDayOfMonth(shiftOf(shift!), Number(day), anchor),
  ],
  [fullMatch(`past (week|month|year)`), ([, unit], { today }) => [shiftedBy(-1, unit!, today), today]],
  [
    fullMatch(`${SHIFT} (weekends?|weeks?|months?|years?)`),
    ([, shift, unit], { today }) => calendarUnit(unit!, shiftOf(shift!), today),
  ],
  [
    fullMatch('(week|month|year) (after next|before last)'),
    ([, unit, words], { today }) => calendarUnit(unit!, words === 'after next' ? 2 : -2, today),
  ],
  [fullMatch(`(?:${SHIFT} )?${WEEKDAY}`), ([, shift, name], anchor) => namedWeekday(name!, shift, anchor)],
  [fullMatch(`${WEEKDAY} (?:of )?${SHIFT} week`), ([, name, shift], { today }) => weekdayOfWeek(name!, shift!, today)],
  [fullMatch(`${SHIFT} week(?:'s)? ${WEEKDAY}`), ([, shift, name], { today }) => weekdayOfWeek(name!, shift!, today)],
  [
    fullMatch('(end|start|beginning|last day|first day) of (?:the )?(.{1,30})'),
    ([, edge, period], anchor) => boundaryOf(edge!, period!, anchor),
  ],
  [fullMatch('(week|month|year)[ -](end|start)'), ([, period, edge], anchor) => boundaryOf(edge!, period!, anchor)],
  [fullMatch(`(.{1,30}?) ${UNIT} (?:ago|back)`), ([, count, unit], { today }) => relativeDay(count!, unit!, -1, today)],
  // A duration without a direction ("15 days", "for a week") has no date.
  // "What did I spend in 3 days" is a length too.
  [
    fullMatch(`(?:in|after) (.{1,30}?) ${UNIT}`),
    ([, count, unit], { today, direction }) => (direction === 'past' ? null : relativeDay(count!, unit!, 1, today)),
  ],
  [
    fullMatch(`(.{1,30}?) ${UNIT} (?:later|from now|from today|hence)`),
    ([, count, unit], { today }) => relativeDay(count!, unit!, 1, today),
  ],
  [
    fullMatch(`${SHIFT} (.{1,30}?) ${UNIT}`),
    ([, shift, count, unit], { today }) => relativeRange(shiftOf(shift!), count!, unit!, today),
  ],
];

/** Parses one expression without weekday and time of day beside it. @param plain - as by `normaliseDateText`. */
export function readExpression(plain: string, anchor: DateAnchor): DayRange | null {
  const { today } = anchor;
  if (Object.hasOwn(relativeDays, plain)) return singleDay(today + relativeDays[plain]!);
  if (Object.hasOwn(eitherSide, plain)) {
    const days = eitherSide[plain]!;
    return chosenReading(singleDay(today - days), singleDay(today + days), anchor);
  }
  for (const [pattern, read] of readers) {
    const match = pattern.exec(plain);
    const found = match && read(match, anchor);
    if (found) return found;
  }
  return null;
}
