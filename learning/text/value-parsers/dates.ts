import type { DateOrder } from '../../../contracts/dataset.js';
import { civilDate, isoDate, parseIsoDate, weekdayOf } from '../../time-series/calendar/index.js';
import type { TextContext } from './amounts.js';
import { ORDINAL, readExpression, SHIFT } from './date-expressions.js';
import { MONTH, normaliseDateText, WEEKDAY, weekdayNumber } from './date-words.js';
import { wholeMonth, type DateAnchor, type DayRange } from './day-choice.js';
import { timeDirection } from './time-direction.js';

/** A range of days, both ends included, as ISO 8601 dates; equal ends for a single day. */
export interface DateRange {
  readonly kind: 'date';
  readonly from: string;
  readonly to: string;
}

const MAXIMUM_LENGTH = 60;

/** What is known of a date beside its own text. */
export interface DateContext extends TextContext {
  /** How the writer writes dates in numbers. @default 'day-first', as in India and Britain */
  readonly order?: DateOrder | undefined;
}

const WEEKDAY_FIRST = new RegExp(`^(?:on )?(?:${SHIFT} )?${WEEKDAY},? (?:the )?(?=.*\\d)`);
const WEEKDAY_LAST = new RegExp(`(?:(?<=\\d)(?: on|,)? |(?<=\\w),? ?\\()${WEEKDAY}\\)?$`);
/** Times of day, which do not change the day. */
const timesOfDay: readonly RegExp[] = [
  /,? (?:at |around |by )?(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: ?(?:am|pm|a\.m|p\.m|hrs|hours|ist))*$/,
  /,? (?:at |around |by )?(?:0?[1-9]|1[0-2]) ?(?:am|pm|a\.m|p\.m|baje)$/,
  /(?: in the| at)? (?:morning|afternoon|evening|night|noon)$/,
];

const isSingle = (range: DayRange | null): range is DayRange => range !== null && range[0] === range[1];

/** A date with its weekday, which must agree: "Friday, 16 January 2026". */
function readWithWeekday(plain: string, anchor: DateAnchor): DayRange | null {
  const match = WEEKDAY_FIRST.exec(plain) ?? WEEKDAY_LAST.exec(plain);
  if (match === null || anchor.weekday !== undefined) return null;
  const weekday = weekdayNumber(match.at(-1)!);
  const rest = (plain.slice(0, match.index) + plain.slice(match.index + match[0].length)).trim();
  const found = readDays(rest, { ...anchor, weekday });
  return isSingle(found) && weekdayOf(found[0]) === weekday ? found : null;
}

/** A day with a time of day: "tomorrow at 5 pm", not "March 5 pm". */
function readWithTime(plain: string, anchor: DateAnchor): DayRange | null {
  const rest = timesOfDay.map((part) => plain.replace(part, '')).find((text) => text !== plain && text !== '');
  const found = rest === undefined ? null : readDays(rest, anchor);
  return isSingle(found) ? found : null;
}

/** "March 5 pm" may be the 5th or any day at five; "5 pm" after "5 March" is a time. */
const MONTH_AND_HOUR = new RegExp(`(?<!\\d(?:st|nd|rd|th)? (?:of )?)\\b${MONTH} \\d{1,2} ?(?:am|pm|a\\.m|p\\.m|baje)$`);

function readDays(plain: string, anchor: DateAnchor): DayRange | null {
  if (MONTH_AND_HOUR.test(plain)) return null;
  return readExpression(plain, anchor) ?? readWithWeekday(plain, anchor) ?? readWithTime(plain, anchor);
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
function startWithYearOfEnd(first: string, second: string, last: number, anchor: DateAnchor): DayRange | null {
  const year = WITHOUT_YEAR.test(first) ? /\d{4}$/.exec(second)?.[0] : undefined;
  if (year === undefined) return null;
  const years = [Number(year), Number(year) - 1];
  const found = years.map((one) => readDays(`${first}${first.includes('/') ? '/' : ' '}${one}`, anchor));
  return found.find((days) => days !== null && days[0] <= last) ?? null;
}

/** The start of a range, completed from its end. */
function startOf(first: string, second: string): string {
  for (const [begin, end] of sharedSuffixes) {
    const rest = begin.test(first) ? end.exec(second)?.groups?.['rest'] : undefined;
    if (rest !== undefined) return `${first} ${rest}`;
  }
  return first;
}

const IS_WEEKDAY = new RegExp(`^(?:the )?${WEEKDAY}$`);

const anchoredAt = (anchor: DateAnchor, today: number, direction: DateAnchor['direction']): DateAnchor => ({
  ...anchor,
  today,
  direction,
});

/** A date that needs no direction. */
const readClear = (text: string, anchor: DateAnchor): DayRange | null => readDays(text, { ...anchor, direction: null });

/** Start and end of a range. */
type Ends = readonly [DayRange, DayRange];

/** The last range that begins before today. "10th to 20th" on a 15th may be this month or the last. */
function readPastEnds(first: string, second: string, anchor: DateAnchor): Ends | null {
  const begin = readClear(first, anchor) ?? readDays(first, anchoredAt(anchor, anchor.today, 'past'));
  if (!begin) return null;
  const clear = readClear(second, anchor);
  const end = clear ?? readDays(second, anchoredAt(anchor, begin[0], 'future'));
  return end && (clear !== null || end[0] <= anchor.today) ? [begin, end] : null;
}

/** The first range that ends after today. "Monday to Friday" on a Wednesday may be this week or the next. */
function readFutureEnds(first: string, second: string, anchor: DateAnchor): Ends | null {
  const end = readClear(second, anchor) ?? readDays(second, anchoredAt(anchor, anchor.today, 'future'));
  if (!end) return null;
  const begin = readClear(first, anchor) ?? readDays(first, anchoredAt(anchor, end[1], 'past'));
  return begin && (begin[0] >= anchor.today || !IS_WEEKDAY.test(first)) ? [begin, end] : null;
}

/** A range by its two ends; without a direction both readings must agree. */
function readEnds(first: string, second: string, anchor: DateAnchor): Ends | null {
  const end = readClear(second, anchor);
  const withYear = end && startWithYearOfEnd(first, second, end[1], anchor);
  if (withYear) return [withYear, end];
  const start = startOf(first, second);
  if (anchor.direction === 'past') return readPastEnds(start, second, anchor);
  if (anchor.direction === 'future') return readFutureEnds(start, second, anchor);
  const [past, future] = [readPastEnds(start, second, anchor), readFutureEnds(start, second, anchor)];
  return past && future && past[0][0] === future[0][0] && past[1][1] === future[1][1] ? past : null;
}

/** "5 March to 1 March" is a mistake and no range of a year. */
function isBackwards([from, to]: DayRange): boolean {
  const [begin, end] = [civilDate(from), civilDate(to)];
  return from > to || (to - from < 366 && begin.month === end.month && begin.year < end.year);
}

/** Parses a range: the first day of its start to the last day of its end. */
function readRange(plain: string, anchor: DateAnchor): DayRange | null {
  const match = BETWEEN.exec(plain);
  const ends = match && readEnds(match[1]!, match[2]!, anchor);
  if (!ends) return null;
  const found: DayRange = [ends[0][0], ends[1][1]];
  return isBackwards(found) ? null : found;
}

const SINCE = /^since (?:the )?(.+)$/;

/** "since April": from its first day to the reference day. */
function readSince(plain: string, anchor: DateAnchor): DayRange | null {
  const { today } = anchor;
  const found = readDays(plain, { ...anchor, direction: null }) ?? readDays(plain, { ...anchor, direction: 'past' });
  return found && found[0] <= today ? [found[0], today] : null;
}

/** "12/27" on a card: the month, where it cannot be a day. */
const EXPIRY = /^(?:by |till |until )?(0?[1-9]|1[0-2])\/(\d{2})$/;
const EXPIRY_CUE = /\b(?:exp(?:iry|ires?|iring|\.)?|valid (?:till|until|thru|through|upto)|valid)\b[^.;]{0,12}$/i;

function readExpiry(plain: string, before: string): DayRange | null {
  const [, month, year] = EXPIRY.exec(plain) ?? [];
  if (month === undefined || Number(year) <= 12 || !EXPIRY_CUE.test(before)) return null;
  return wholeMonth(2000 + Number(year), Number(month));
}

/** Words before a date inside the text of an entity ("EMI due on 5th"), which only tell the direction. */
const LEADING_WORDS =
  /^(?:(?:last date|the|my|your|emi|bill|loan|rent|fee|cheque|check|chq|payment|premium|salary|instalment|installment|due|dated?|dtd?\.?|paid|pay|payable|was|is|will|be|falls|on|or|before|by|expires?|expiry|valid|matures?|scheduled|for|debited|credited|received|sent|spent|deducted|charged|withdrawn|transferred)(?![\p{L}\p{M}])[\s:,]*)+/iu;
/** Words after it: "10 tareekh ko dena hai". */
const TRAILING_WORDS =
  /(?:\s+(?:se pehle|se pahle|से पहले|tak|तक|ko|को|hai|hain|है|हैं|tha|thi|the|था|थी|थे|dena|deni|dene|karna|karni|bharna|bharni|bhejna|देना|करना|kiya|kiye|diya|diye|bheja|bheje|kata|किया|दिया))+$/iu;

interface DateText extends Required<TextContext>, Pick<DateAnchor, 'order'> {
  readonly plain: string;
}

/** The forms of a text to try: as it is, then without words that tell only the direction. */
function* formsOf(text: string, { before = '', after = '', order = 'day-first' }: DateContext): Generator<DateText> {
  const [lead = ''] = LEADING_WORDS.exec(text) ?? [];
  const [trail = ''] = TRAILING_WORDS.exec(text) ?? [];
  const context = { before: `${before}${lead}`, after: `${trail}${after}`, order };
  yield { plain: normaliseDateText(text), ...context };
  if (lead + trail !== '' && lead.length + trail.length < text.length)
    yield { plain: normaliseDateText(text.slice(lead.length, text.length - trail.length)), ...context };
}

/** "April se ab tak", "since April". */
const SINCE_BEFORE = /\bsince(?: the)?\s*$/i;
const UNTIL_NOW_AFTER =
  /^\s*(?:(?:se|से) )?(?:lekar )?(?:ab tak|aaj tak|अब तक|आज तक|till (?:now|date|today))(?![\p{L}\p{M}])/iu;

const PERIOD_OF = /\bfor(?: the(?: month of)?)?\s*$/i;
const IS_MONTH = new RegExp(`^${MONTH}$`);
/** Half a year in days. */
const HALF_YEAR = 183;

/** "paid the EMI for February" in January may be of the next month: not the February of eleven months ago. */
const isFarPeriod = (found: DayRange, plain: string, before: string, { today }: DateAnchor): boolean =>
  IS_MONTH.test(plain) && PERIOD_OF.test(before) && Math.abs(today - found[1]) > HALF_YEAR;

function readForm({ plain, before, after, order }: DateText, today: number): DayRange | null {
  const anchor: DateAnchor = { today, order, direction: timeDirection({ before, after }) };
  const since = SINCE.exec(plain)?.[1] ?? (SINCE_BEFORE.test(before) || UNTIL_NOW_AFTER.test(after) ? plain : null);
  if (since !== null) return readSince(since, anchor);
  const found = readExpiry(plain, before) ?? readDays(plain, anchor) ?? readRange(plain, anchor);
  return found && isFarPeriod(found, plain, before, anchor) ? null : found;
}

/**
 * Parses a date or a range of days: "next Friday", "last month", "3 din pehle", "12/03/2026", "5 March",
 * "March 2025", "1 to 5 March", "FY 2024-25", "tomorrow morning", "since April", "अगले शुक्रवार". A weekday, day or month
 * without week, month or year, "kal" and "parso" need a word that tells the past from the future, in the text or around
 * it: "due on 5th", "cheque dated 04/05", "kal bheja tha".
 * @param referenceDay - ISO date of "today".
 * @param context - the text around the date, and the order of its numbers.
 * @returns null for a text that is not a date, for two readings, for a weekday that contradicts its date, for an invalid
 * reference day, and for years outside 1 to 9999.
 */
export function readDate(text: string, referenceDay: string, context: DateContext = {}): DateRange | null {
  const today = parseIsoDate(referenceDay);
  if (today === null || text.length > MAXIMUM_LENGTH) return null;
  for (const form of formsOf(text.trim(), context)) {
    const found = readForm(form, today);
    if (found) return found.every(inCalendar) ? asRange(found) : null;
  }
  return null;
}

/**
 * Parses the two dates of a range each by itself, the first completed from the second: "[the 7th] to [the 25th of Dec]".
 * @param context - the text around the whole range.
 * @returns null where the range has no reading or two.
 */
export function readDatePair(
  [first, second]: readonly [string, string],
  referenceDay: string,
  context: DateContext,
): readonly [DateRange, DateRange] | null {
  const today = parseIsoDate(referenceDay);
  if (today === null || first.length + second.length > MAXIMUM_LENGTH) return null;
  const anchor: DateAnchor = { today, order: context.order ?? 'day-first', direction: timeDirection(context) };
  const ends = readEnds(normaliseDateText(first), normaliseDateText(second), anchor);
  return ends && !isBackwards([ends[0][0], ends[1][1]]) ? [asRange(ends[0]), asRange(ends[1])] : null;
}

const inCalendar = (day: number): boolean => {
  const { year } = civilDate(day);
  return year >= 1 && year <= 9999;
};

const asRange = ([from, to]: DayRange): DateRange => ({ from: isoDate(from), kind: 'date', to: isoDate(to) });
