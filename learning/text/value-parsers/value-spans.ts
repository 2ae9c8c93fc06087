import { readAmount, type Amount } from './amounts.js';
import { currenciesOfMinorUnit, splitCurrency } from './currencies.js';
import { MONTH, normaliseDateText, WEEKDAY } from './date-words.js';
import { readDate, readDatePair, type DateRange } from './dates.js';
import type { DateOrder } from '../../../contracts/dataset.js';
import { AND_WORDS, ARTICLES } from './number-vocabulary.js';
import { asciiDigits, readNumberWord } from './number-words.js';

/** A part of a text, in UTF-16 code units. */
export interface TextSpan {
  readonly start: number;
  readonly end: number;
}

/** A value with the part of the text that it was read from. */
export interface ValueSpan<Value> extends TextSpan {
  /** null for a text without a value or with two readings. */
  readonly value: Value | null;
}

const plainWord = (word: string): string => asciiDigits(word.normalize('NFKC')).toLowerCase();

/** Words of Hindi numbers that mean something else as well: "de do" (give), "teen" (English). */
const WEAK_WORDS: ReadonlySet<string> = new Set([
  'do',
  'teen',
  'che',
  'bees',
  'sat',
  'saath',
  'one',
  'm',
  'b',
  'l',
  'bis',
  'tis',
  'pone',
]);

const isScale = (word: string): boolean => {
  const kind = readNumberWord(plainWord(word))?.kind;
  return kind === 'scale' || kind === 'abbreviation';
};
const isConnective = (word: string): boolean => AND_WORDS.has(plainWord(word)) || ARTICLES.has(plainWord(word));

const NEXT_WORD = /^[ -]?([\p{L}\p{M}]+|[\p{Nd}][\p{Nd},.]*(?<=\p{Nd}))(?![\p{Nd}@/:])/u;
const LAST_WORD = /(?<![\p{L}\p{M}\p{Nd}.,/:@-])([\p{L}\p{M}]+|\p{Nd}[\p{Nd},.]*) ?$/u;
const SIGN_BEFORE = /(?:₹|\$|€|£|\b(?:rs|inr)\.?)\s*$/iu;

/** Words after a number that is of something else: "5 lakh 2 days ago". */
const OTHER_NUMBER = new RegExp(
  `^[ -]?(?:days?|din|weeks?|hafte|months?|mahine|years?|saal|hours?|times|baje|am|pm|log|people|tareekh|tarikh|st|nd|rd|th|${MONTH})(?![a-z])`,
  'iu',
);

interface ReadWord {
  readonly length: number;
  readonly word: string;
  /** Whether it is part of a number, and not only "and" or an article. */
  readonly isNumber: boolean;
}

/** The word at the start of a text; null for one that cannot be part of a number. */
function nextWord(text: string): ReadWord | null {
  const match = NEXT_WORD.exec(text);
  const word = plainWord(match?.[1] ?? '');
  const isNumber = readNumberWord(word) !== undefined && !OTHER_NUMBER.test(text.slice(match?.[0].length ?? 0));
  return match && (isNumber || AND_WORDS.has(word)) ? { length: match[0].length, word, isNumber } : null;
}

/** Whether a word counts by itself; a weak one only before a scale or a number of its language: "do dhai", not "de do". */
function isStrong({ word, isNumber }: ReadWord, following: string): boolean {
  if (!isNumber || !WEAK_WORDS.has(word)) return isNumber;
  const next = NEXT_WORD.exec(following)?.[1] ?? '';
  const [own, other] = [readNumberWord(word)?.kind, readNumberWord(plainWord(next))?.kind];
  return isScale(next) || (own !== undefined && own === other) || (own === 'hindi' && other === 'fraction');
}

/** The number words that continue a number to the right: "Rs 1 lakh[ 20 thousand]". */
function endOfNumber(text: string, end: number, limit: number): number {
  let [last, at] = [end, end];
  for (let found = nextWord(text.slice(at, limit)); found !== null; found = nextWord(text.slice(at, limit))) {
    at += found.length;
    if (isStrong(found, text.slice(at, limit))) last = at;
  }
  return last;
}

/** The word at the end of a text; digits count before a scale only. @param following - the text after it. */
function lastWord(text: string, following: string): ReadWord | null {
  const match = LAST_WORD.exec(text);
  const word = plainWord(match?.[1] ?? '');
  const known = readNumberWord(word);
  const isNumber = known !== undefined && (known.kind !== 'digits' || isScale(NEXT_WORD.exec(following)?.[1] ?? ''));
  return match && (isNumber || (known === undefined && isConnective(word)))
    ? { length: match[0].length, word, isNumber }
    : null;
}

/** The number words before a number: "[1 crore ]25 lakh", "[sava ]lakh". */
function startOfNumber(text: string, start: number, limit: number): number {
  let [first, at] = [start, start];
  const wordBefore = (): ReadWord | null => lastWord(text.slice(limit, at), text.slice(at, at + GROWTH));
  for (let found = wordBefore(); found !== null; found = wordBefore()) {
    const following = text.slice(at, at + GROWTH);
    at -= found.length;
    if (isStrong(found, following)) first = at;
  }
  const sign = first === start ? null : SIGN_BEFORE.exec(text.slice(limit, first));
  return sign === null ? first : first - sign[0].length;
}

/** Three digits before three digits ("500 [600 rs]"): two numbers, or one with a blank in it. */
const isSplitNumber = (text: string, { start, end }: TextSpan): boolean =>
  /(?:^|\s)\p{Nd}{1,3} $/u.test(text.slice(Math.max(0, start - 5), start)) &&
  /^\p{Nd}{3}(?!\p{Nd})/u.test(text.slice(start, end));

/** Longest text beside a value that is read. */
const CONTEXT_LENGTH = 300;
const contextOf = (text: string, { start, end }: TextSpan): { before: string; after: string } => ({
  before: text.slice(Math.max(0, start - CONTEXT_LENGTH), start),
  after: text.slice(end, end + CONTEXT_LENGTH),
});

/** A value grows by a few words at most. */
const GROWTH = 60;
const growthLimits = (text: string, { start, end }: TextSpan, limits?: TextSpan): TextSpan => ({
  start: Math.max(limits?.start ?? 0, start - GROWTH),
  end: Math.min(limits?.end ?? text.length, end + GROWTH),
});

/**
 * Whether two neighbouring amounts are parts of one number: "1 crore" and "25 lakh". Their text together may then have two
 * readings and no value.
 */
export function isOneNumber(text: string, first: TextSpan, second: TextSpan): boolean {
  const words = text.slice(first.start, first.end).split(/[\s-]+|(?<=\p{Nd})(?=\p{L})/u);
  const next = NEXT_WORD.exec(` ${text.slice(second.start, second.end)}`)?.[1] ?? '';
  const isAdjacent = /^[ -]+$/.test(text.slice(first.end, second.start));
  return isAdjacent && isScale(words.at(-1) ?? '') && readNumberWord(plainWord(next)) !== undefined;
}

const CREDIT_AFTER = /^\s?\(?(?:cr|dr)\b\.?\)?/i;

/** The end of a number that was cut between its digits: "2[.5] crore", "1,00[,000]". */
function endOfDigits(text: string, end: number, limit: number): number {
  const cut = /\p{Nd}/u.test(text[end - 1] ?? '') ? /^(?:[.,]?\p{Nd}+)+/u.exec(text.slice(end, limit)) : null;
  return end + (cut?.[0].length ?? 0);
}

const WORD_AFTER = /^\s?([\p{L}\p{M}]+)/u;

/** The end of what follows an amount and belongs to it: a mark Cr or Dr, or a smaller unit ("50[ paise]"). */
function endOfUnit(text: string, end: number, limit: number): number {
  const rest = text.slice(end, limit);
  const mark = CREDIT_AFTER.exec(rest);
  if (mark !== null) return end + mark[0].length;
  const unit = WORD_AFTER.exec(rest);
  return unit !== null && currenciesOfMinorUnit(plainWord(unit[1]!)).length > 0 ? end + unit[0].length : end;
}

/**
 * Reads the amount in a part of a text. Number words beside the part belong to it ("Rs 1 lakh[ 20 thousand]"), as does
 * the mark Cr or Dr, and a currency beside it counts.
 * @param limits - the amount does not grow beyond them; the ends of the neighbouring entities.
 */
export function readAmountAt(text: string, span: TextSpan, limits?: TextSpan): ValueSpan<Amount> {
  const { start: first, end: last } = growthLimits(text, span, limits);
  const core = splitCurrency(text.slice(span.start, span.end), '');
  const endsInCurrency = core.isNamed && !/[\p{L}\p{M}\p{Nd}]\s*$/u.test(core.rest);
  const digits = endOfDigits(text, span.end, last);
  const withUnit = endOfUnit(text, digits, last);
  const end = withUnit === digits && !endsInCurrency ? endOfNumber(text, digits, last) : withUnit;
  const start = core.rest.trimStart().startsWith('¤') ? span.start : startOfNumber(text, span.start, first);
  const grown = { start, end };
  if (isSplitNumber(text, grown)) return { ...span, value: null };
  const value = readAmount(text.slice(start, end), 'INR', contextOf(text, grown));
  return value === null ? { ...span, value } : { ...grown, value };
}

const SHIFT_BEFORE =
  /(?<![\p{L}\p{M}])(?:next to next|last to last|agle se agle|pichle se pichle|next to|last to|next|last|past|previous|this|coming|upcoming|agle se|pichle se|agle|agli|agla|pichle|pichli|pichla|aane wale|अगले से|पिछले से|अगले|अगली|पिछले|पिछली|आने वाले|इस|in|(?:end|start|beginning|last day|first day) of(?: the)?|day before|day after)\s+$/iu;
const DAY_BEFORE = /(?<![\p{Nd}/.,:-])\p{Nd}{1,2}(?:st|nd|rd|th)?(?: of)?[ -]$/iu;
const MONTH_BEFORE = new RegExp(`(?<![\\p{L}\\p{M}\\p{Nd}])(?:\\d{1,2}(?:st|nd|rd|th)?[ -])?${MONTH},?[ -]$`, 'iu');
const WEEKDAY_BEFORE = new RegExp(`(?<![\\p{L}\\p{M}])${WEEKDAY},? $`, 'iu');
const AFTER_DATE = [
  /^(?:,| ,)? ?-?(?:19|20)\d\d(?![\d,.]\d|\d)/,
  /^[/.-]\d{1,4}(?![\d,])(?:[/.-]\d{2,4}(?!\d))?/,
  /^ (?:ago|back|later|from now|hence|after next|before last|pehle|pahle|baad|पहले|बाद)(?![\p{L}\p{M}])/iu,
  /^ (?:of )?(?:the )?(?:next|last|this) (?:week|month|year)(?![a-z])/i,
  /^ (?:tareekh|tarikh|taarikh|तारीख)(?![\p{L}\p{M}])/iu,
] as const;
const AFTER_DAY = /^(?:[ -](?:of )?|)([\p{L}\p{M}]+)(?:,? ?-?(?:19|20)\d\d(?!\d))?/iu;
/** After a month: a day, or an hour, with which the day is not clear. */
const AFTER_MONTH = /^ (?:the )?\d{1,2}(?:st|nd|rd|th)?(?=\s*(?:$|[?.,;!)]))|^ ?(?:am|pm|baje)\b/i;
const STARTS_WITH_MONTH = new RegExp(`^${MONTH}(?![a-z])`, 'i');
const ENDS_IN_DAY = /\p{Nd}(?:st|nd|rd|th)?$/iu;
const IS_WEEKDAY = new RegExp(`^${WEEKDAY}$`, 'i');
const IS_UNIT_COUNT =
  /^(?:\p{Nd}|(?:a|an|one|two|three|four|five|six|ten|ek|do|teen|char|paanch)\b).*(?:days?|weeks?|months?|years?)$/iu;
/** Words that belong to a date only before a length of time. */
const LENGTH_WORDS = /^(?:in|day before|day after)\s/i;

const startsWithMonth = (core: string): boolean => STARTS_WITH_MONTH.test(normaliseDateText(core.split(/[\s,]/)[0]!));

/** What words before a date belong to it, by the date's kind: "[October ]2025", "[day ]before yesterday", "[Monday, ]7 May". */
const wordsBeforeKinds: readonly (readonly [RegExp, RegExp])[] = [
  [/^(?:19|20)\d\d$/, MONTH_BEFORE],
  [/^(?:before|after) /i, /\b(?:the )?day $/i],
  [/^\p{Nd}/u, WEEKDAY_BEFORE],
];

function wordsBefore(core: string, before: string): string {
  const kind = startsWithMonth(core) ? DAY_BEFORE : wordsBeforeKinds.find(([start]) => start.test(core))?.[1];
  return kind?.exec(before)?.[0] ?? '';
}

/** The start of a date to which words before it belong, such as "[next to ]next month" and "[in ]3 days". */
function startOfDate(text: string, { start, end }: TextSpan, limit: number): number {
  const core = text.slice(start, end);
  const before = text.slice(limit, start);
  const own = wordsBefore(core, before);
  if (own !== '') return start - own.length;
  const shift = SHIFT_BEFORE.exec(before);
  if (shift === null || (LENGTH_WORDS.test(shift[0]) && !IS_UNIT_COUNT.test(core))) return start;
  return start - shift[0].length;
}

/** The end of a date to which words after it belong: "5[ March 2026]", "3 days[ ago]", "march 5[ pm]". */
function endOfDate(text: string, { start, end }: TextSpan, limit: number): number {
  const [core, rest] = [text.slice(start, end), text.slice(end, limit)];
  if (IS_WEEKDAY.test(core)) return end;
  const month = ENDS_IN_DAY.test(core) ? AFTER_DAY.exec(rest) : null;
  if (month && startsWithMonth(month[1]!)) return end + month[0].length;
  const match = AFTER_DATE.map((pattern) => pattern.exec(rest)).find((found) => found !== null);
  if (match) return end + match[0].length;
  return end + (startsWithMonth(core) ? (AFTER_MONTH.exec(rest)?.[0].length ?? 0) : 0);
}

const PARTNER = `(?:the )?(?:${WEEKDAY}(?: (?:of )?(?:next|last|this) week)?|\\d{1,2}(?:st|nd|rd|th)?(?:(?: of)?(?: the)?[ -]?(?:${MONTH}(?:,? \\d{4})?|(?:next|last|this) month))?|${MONTH}(?: \\d{1,2}(?:st|nd|rd|th)?)?(?:,? \\d{4})?|\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2,4})`;
const JOIN = '\\s*(?:to|till|until|through|se|-|–)\\s*(?:the )?';
const SECOND_DATE = new RegExp(`^(${JOIN})(${PARTNER})(?![\\p{L}\\p{Nd}/])`, 'iu');
const SECOND_AFTER_AND = new RegExp(`^(\\s*and\\s*(?:the )?)(${PARTNER})(?![\\p{L}\\p{Nd}/])`, 'iu');
const FIRST_DATE = new RegExp(`(?<![\\p{L}\\p{Nd}/.-])(${PARTNER})(${JOIN}|\\s*and\\s*(?:the )?)$`, 'iu');
const BETWEEN = /\bbetween (?:the )?$/i;

/** The other date of a range that a date begins or ends ("between [the 7th] and the 25th"). */
interface RangePartner {
  readonly other: string;
  readonly isFirst: boolean;
  /** The text around both. */
  readonly around: TextSpan;
}

function partnerOf(text: string, { start, end }: TextSpan): RangePartner | null {
  const [before, after] = [text.slice(Math.max(0, start - GROWTH), start), text.slice(end, end + GROWTH)];
  const next = SECOND_DATE.exec(after) ?? (BETWEEN.test(before) ? SECOND_AFTER_AND.exec(after) : null);
  if (next !== null) return { other: next[2]!, isFirst: true, around: { start, end: end + next[0].length } };
  const last = FIRST_DATE.exec(before);
  if (last === null) return null;
  const from = start - last[0].length;
  const isAnd = /^\s*and/i.test(last.at(-1)!);
  if (isAnd && !BETWEEN.test(text.slice(0, from))) return null;
  return { other: last[1]!, isFirst: false, around: { start: from, end } };
}

/** A day against which dates are read, and the order of their numbers. */
interface OnDay {
  readonly day: string;
  readonly order: DateOrder | undefined;
}

/** A date that is one end of a range; undefined for another one. */
function readEndOfRange(text: string, span: TextSpan, { day, order }: OnDay): DateRange | null | undefined {
  const partner = partnerOf(text, span);
  if (partner === null) return undefined;
  const own = text.slice(span.start, span.end);
  const pair = partner.isFirst ? ([own, partner.other] as const) : ([partner.other, own] as const);
  const found = readDatePair(pair, day, { ...contextOf(text, partner.around), order });
  return found === null ? null : found[partner.isFirst ? 0 : 1];
}

/** The date in a part of a text, read against a day. */
function readOnDay(text: string, grown: TextSpan, { day, order }: OnDay): DateRange | null {
  const own = text.slice(grown.start, grown.end);
  const inRange = readDate(own, day, { order }) === null ? readEndOfRange(text, grown, { day, order }) : undefined;
  return inRange === undefined ? readDate(own, day, { ...contextOf(text, grown), order }) : inRange;
}

/** Days far apart, each of another year, month, day and weekday: what all of them read alike needs no day. */
const UNLIKE_DAYS = ['2000-01-03', '2013-06-19', '2031-10-31', '2044-04-10'] as const;

/** A date that is complete in itself, "5 March 2026"; null for one that depends on the day. */
function readComplete(text: string, grown: TextSpan, order: DateOrder | undefined): DateRange | null {
  const found = UNLIKE_DAYS.map((day) => readOnDay(text, grown, { day, order }));
  const first = found[0] ?? null;
  return found.every((other) => other?.from === first?.from && other?.to === first?.to) ? first : null;
}

/** What the dates of a message are read by. */
export interface DateReading {
  /** ISO date of "today"; absent: only complete dates have a value. */
  readonly referenceDay?: string | undefined;
  /** @default 'day-first' */
  readonly dateOrder?: DateOrder | undefined;
}

/**
 * Reads the date in a part of a text by the words around it (see `readDate`). Words that change the day belong to it:
 * "[next to ]next month", "5[ March 2026]", "3 days[ ago]". One end of a range is read with the other.
 * @param limits - the date does not grow beyond them; the ends of the neighbouring entities.
 */
export function readDateAt(
  text: string,
  span: TextSpan,
  { referenceDay, dateOrder: order }: DateReading,
  limits?: TextSpan,
): ValueSpan<DateRange> {
  const { start: first, end: last } = growthLimits(text, span, limits);
  const grown = { start: startOfDate(text, span, first), end: endOfDate(text, span, last) };
  const value =
    referenceDay === undefined
      ? readComplete(text, grown, order)
      : readOnDay(text, grown, { day: referenceDay, order });
  return value === null ? { ...span, value } : { ...grown, value };
}
