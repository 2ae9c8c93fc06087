import { AND_WORDS, ARTICLES, vocabulary, type NumberWord } from './number-vocabulary.js';

const PLAIN = /^(?:\d+(?:\.\d+)?|\.\d+)$/;
const WESTERN = /^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;
const INDIAN = /^\d{1,2}(?:,\d{2})*,\d{3}(?:\.\d+)?$/;
/** Decimal comma, as in 1.234,56 and 12,5. */
const CONTINENTAL = /^(?:\d+|\d{1,3}(?:\.\d{3})+),\d{1,2}$/;

/** Parses digits with Western, Indian or continental grouping and decimals: 2,50,000.50. @returns undefined otherwise. */
export function readDigits(text: string): number | undefined {
  if (PLAIN.test(text)) return Number(text);
  if (WESTERN.test(text) || INDIAN.test(text)) return Number(text.replaceAll(',', ''));
  return CONTINENTAL.test(text) ? Number(text.replaceAll('.', '').replace(',', '.')) : undefined;
}

/** A word of a number: digits, a number word or a scale. @param text - lower case, NFKC. */
export function readNumberWord(text: string): NumberWord | undefined {
  const number = readDigits(text);
  return number === undefined ? vocabulary.get(text) : { kind: 'digits', number };
}

/** State of parsing number words. */
interface ParseState {
  /** Sum of the groups closed by a scale. */
  readonly total: number;
  /** Number of closed groups. */
  readonly groups: number;
  /** Value of the open group, which the next scale multiplies; null = no group is open. */
  readonly open: number | null;
  /** Whether the open group has a "hundred" in it. */
  readonly hundred: boolean;
  /** Scale of the last closed group; later scales must be smaller. */
  readonly scale: number;
  /** Kind of the previous word. */
  readonly before: NumberWord['kind'] | 'start' | 'and';
  /** Kind of the word before "and". */
  readonly beforeAnd: NumberWord['kind'] | 'start';
  /** Pending shift of a Hindi word, applied to the next number. */
  readonly shift: number;
  /** No number may follow: after an abbreviation, a scale without a number ("sau pachas") or a decimal group. */
  readonly closed: boolean;
}

const INITIAL_STATE: ParseState = {
  total: 0,
  groups: 0,
  open: null,
  hundred: false,
  scale: Infinity,
  before: 'start',
  beforeAnd: 'start',
  shift: 0,
  closed: false,
};

/** Whether a word may open a group: after "and" only behind a scale ("two thousand and fifty"). */
const mayOpen = ({ before, beforeAnd }: ParseState, { kind }: NumberWord): boolean =>
  before !== 'and' || (beforeAnd === 'scale' && kind !== 'fraction');

/** English tens and units, as "twenty five"; Hindi has a word of its own for each number below 100. */
const isTensAndUnit = (open: number, before: ParseState['before'], { kind, number }: NumberWord): boolean =>
  kind === 'english' && before === 'english' && open % 10 === 0 && open % 100 >= 20 && number < 10 && number > 0;

/** Whether a word may continue the open group ("twenty five", "hundred fifty") rather than start another number. */
function mayFollow(state: ParseState, word: NumberWord): boolean {
  const { open, before, beforeAnd, hundred } = state;
  if (open === null) return mayOpen(state, word);
  const last = before === 'and' ? beforeAnd : before;
  // "one and a half", not "one half" or "ek dedh" (one to one and a half).
  if (word.kind === 'fraction') return before === 'and' && word.number < 1 && last !== 'scale';
  if (hundred && last === 'scale') return word.number < 100;
  return isTensAndUnit(open, before, word);
}

function withValue(state: ParseState, word: NumberWord): ParseState | null {
  if (state.closed || !mayFollow(state, word)) return null;
  return { ...state, open: (state.open ?? 0) + word.number + state.shift, before: word.kind, shift: 0 };
}

/** "hundred" stays in the open group ("two hundred thousand"). A shift needs a number, except "sawa sau". */
function withHundred(state: ParseState): ParseState | null {
  const { open, shift, hundred } = state;
  if (hundred || (open !== null && open >= 100)) return null;
  const isBare = open === null && shift === 0;
  return { ...state, open: ((open ?? 1) + shift) * 100, hundred: true, before: 'scale', shift: 0, closed: isBare };
}

/** "lakh crore" multiplies the group closed before. */
function withSecondScale(state: ParseState, scale: number): ParseState | null {
  const { total, groups } = state;
  return scale > state.scale && groups === 1 ? { ...state, total: total * scale, scale, before: 'scale' } : null;
}

/** Larger scales close the open group, which must be smaller than the scale before it. */
function withLargerScale(state: ParseState, { kind, number: scale }: NumberWord): ParseState | null {
  const { open, total, shift, groups } = state;
  const value = ((open ?? 1) + shift) * scale;
  const isBare = open === null && shift === 0;
  if (scale >= state.scale || value >= state.scale || (isBare && groups > 0)) return null;
  // "1.5 lakh 20 thousand" is nobody's way of saying 1.7 lakh.
  const closed = isBare || kind === 'abbreviation' || !Number.isInteger((open ?? 1) + shift);
  return { ...INITIAL_STATE, total: total + value, groups: groups + 1, scale, before: 'scale', closed };
}

function withScale(state: ParseState, word: NumberWord): ParseState | null {
  const { open, before, closed } = state;
  if (before === 'and') return null;
  if (word.number === 100) return closed ? null : withHundred(state);
  return before === 'scale' && open === null ? withSecondScale(state, word.number) : withLargerScale(state, word);
}

function withWord(state: ParseState, word: NumberWord): ParseState | null {
  if (word.kind === 'scale' || word.kind === 'abbreviation') return withScale(state, word);
  if (word.kind !== 'shift') return withValue(state, word);
  const isFree = state.shift === 0 && state.open === null && !state.closed && state.before !== 'and';
  return isFree ? { ...state, shift: word.number, before: 'shift' } : null;
}

function withAnd(state: ParseState): ParseState | null {
  const { before } = state;
  return before === 'and' || before === 'start' ? null : { ...state, before: 'and', beforeAnd: before };
}

/** Replaces 2½ by 2.5 before NFKC, which would give 21⁄2. */
export const decimalFractions = (text: string): string =>
  text.replace(/(\d*)([¼½¾])/g, (_, whole: string, part: string) =>
    String(Number(whole) + ('¼½¾'.indexOf(part) + 1) / 4),
  );

/** Devanagari digits as ASCII ones. */
export const asciiDigits = (text: string): string =>
  text.replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966));

/** Blanks that are only written inside a number (no-break and thin). */
const NARROW_BLANKS = /(?<=\d)[\u00a0\u2009\u202f](?=\d{3}(?!\d))/g;

/** Groups of three digits between blanks; "500 600" may be two numbers, "1 000" and "1 234 567" are one. */
const BLANK_GROUPS = /(?<![\d.,])\d{1,3}(?: \d{3})+(?![\d,])/g;
const joinBlankGroups = (text: string): string =>
  text.replace(BLANK_GROUPS, (groups) => (/ .* | 0/.test(groups) ? groups.replaceAll(' ', '') : groups));

/** Splits a text into words: ASCII digits, ½ as .5, "2-lakh" and "5k" as two words. */
function splitWords(text: string): string[] {
  const plain = decimalFractions(text.replace(NARROW_BLANKS, '')).normalize('NFKC').toLowerCase();
  return joinBlankGroups(asciiDigits(plain))
    .replace(/(\d)\s*-\s*(?=\D|$)/g, '$1 ')
    .replace(/(\d)(?=[^\d.,\s])/gu, '$1 ')
    .split(/[\s-]+/)
    .filter((word) => word !== '');
}

/** Whether an article stands for "one": "a lakh", not "half a lakh" or "a half". */
function isOne(words: readonly string[], i: number): boolean {
  const isScale = vocabulary.get(words[i + 1] ?? '')?.kind === 'scale';
  const before = words[i - 1] ?? '';
  return words[i] !== 'of' && isScale && before !== 'of' && vocabulary.get(before)?.kind !== 'fraction';
}

/**
 * Unscaled numbers below the next smaller scale have two readings: "do lakh pachas" is 2,00,050 and, as spoken, 2.5 lakh;
 * "teen hazaar paanch" is 3,005 and 3,500. "And" before the last one tells that it counts units ("three thousand and five"), and sums that end in 1 are
 * gifts ("ek hazaar ek").
 */
const hasAmbiguousTail = ({ scale, open, groups, beforeAnd }: ParseState): boolean => {
  if (groups === 0 || open === null) return false;
  const isElliptic = scale >= 1e5 ? open < 100 : open > 1 && open < 10 && beforeAnd !== 'scale';
  return open >= scale || isElliptic;
};

/** "point" and what may follow it: digits one by one. */
const POINT = new Set(['point', 'dashamlav', 'dashmlav', 'पॉइंट', 'दशमलव']);
const MOST_DECIMALS = 2;

/** Joins "two point five lakh" as "2.5 lakh"; leaves words as they are where no number below 100 stands before the point. */
function joinDecimals(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => POINT.has(word));
  if (at <= 0) return words;
  const whole = readNumber(words.slice(0, at).join(' '));
  const length = words.slice(at + 1).findIndex((word) => !isDigitWord(word));
  const end = length < 0 ? words.length : at + 1 + length;
  const decimals = words.slice(at + 1, end).map((word) => String(readNumberWord(word)?.number ?? ''));
  const isDecimal = whole !== null && Number.isInteger(whole) && whole < 100;
  if (!isDecimal || decimals.length === 0 || decimals.length > MOST_DECIMALS) return words;
  return [`${whole}.${decimals.join('')}`, ...words.slice(end)];
}

function isDigitWord(word: string): boolean {
  const { kind, number = Number.NaN } = readNumberWord(word) ?? {};
  return kind !== 'scale' && kind !== 'abbreviation' && Number.isInteger(number) && number >= 0 && number < 10;
}

/** The value of a finished state; hundredths must be exact in double precision. */
function valueOf(state: ParseState): number | null {
  const { total, open, before } = state;
  if (before === 'start' || before === 'shift' || before === 'and' || hasAmbiguousTail(state)) return null;
  const value = Number((total + (open ?? 0)).toFixed(6));
  const finest = Number.isInteger(value) ? value : 100 * value;
  return finest <= Number.MAX_SAFE_INTEGER ? value : null;
}

/**
 * Parses digits, number words and scales in English and Hindi (both scripts): "1.5 lakh" → 150000, "two hundred and
 * fifty" → 250, "paune do lakh" → 175000.
 * @returns null for an unknown word, two adjacent numbers, two readings ("do lakh pachas", "teen hazaar paanch", "500 600"), or a
 * number whose hundredths are not exact in double precision (above 9·10¹³; without decimals above 9·10¹⁵).
 */
export function readNumber(text: string): number | null {
  const words = joinDecimals(splitWords(text));
  let state: ParseState | null = INITIAL_STATE;
  for (const [i, part] of words.entries()) {
    if (ARTICLES.has(part) && !isOne(words, i)) continue;
    const word: NumberWord | undefined = ARTICLES.has(part) ? vocabulary.get('one') : readNumberWord(part);
    if (AND_WORDS.has(part)) state = withAnd(state);
    else state = word === undefined ? null : withWord(state, word);
    if (state === null) return null;
  }
  return valueOf(state);
}
