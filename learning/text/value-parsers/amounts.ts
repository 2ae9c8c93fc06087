import { withoutCreditMark } from './credit-mark.js';
import { CURRENCY_MARK, currenciesOfMinorUnit, splitCurrency, THREE_DECIMALS } from './currencies.js';
import { asciiDigits, decimalFractions, readNumber } from './number-words.js';

/** An amount of money as a number and an ISO 4217 code. */
export interface Amount {
  readonly kind: 'amount';
  readonly amount: number;
  readonly currency: string;
}

/** The text around a value. */
export interface TextContext {
  readonly before?: string;
  readonly after?: string;
}

/** Longer texts are not parsed. */
const MAXIMUM_LENGTH = 120;

const PERIODS =
  'months?|mon|mths?|mnth|mo|years?|yrs?|yr|annum|weeks?|wks?|wk|days?|quarters?|qtrs?|qtr|hours?|hrs?|hr|minutes?|mins?|min|person|head|users?|units?|shares?|grams?|gms?|gm|kgs?|kg|lit(?:re|er)s?|ltr|km|night|sq ?\\.? ?ft|sqft|pieces?|pc|plate|trip|ride|month-end';
/** What an amount is paid for or how often; the amount is that of one. */
const rates: readonly RegExp[] = [
  new RegExp(`\\s*/-?\\s*(?:${PERIODS})\\.?$`, 'iu'),
  new RegExp(`[\\s/-]+an?\\s+(?:${PERIODS})$`, 'iu'),
  // "5 per cent" is no amount.
  /\s*(?:\/-|-)?\s*\b(?:per|each|every|har|prati)\s+(?!cent\b)[a-z]+$/iu,
  /\s+(?:हर|प्रति)\s+[\p{L}\p{M}]+$/u,
  /[\s-]+(?:monthly|yearly|annually|weekly|daily|quarterly|each|mahina|mahine|saalana|mahiwar|महीना|महीने|मासिक)$/iu,
];
/** "p.m." after an amount: per month; after a small bare number the time of day. */
const SHORT_RATE = /\s*\/?\s*\bp\s?[./]?\s?([ma])\.?$/iu;
/** Annual pay in lakhs. */
const LAKHS_A_YEAR = /\s*\blpa$/iu;
/** Numbers below this before "pm" without a currency may be hours (5 pm, 1230 pm). */
const MINIMUM_MONTHLY = 1300;

function withoutRate(text: string): string {
  for (const rate of rates) {
    const plain = text.replace(rate, '');
    if (plain !== text) return withoutRate(plain);
  }
  const short = text.replace(SHORT_RATE, '');
  if (short !== text && (!/^[\s\d:.,]*$/.test(short) || Number(short.replaceAll(',', '')) >= MINIMUM_MONTHLY))
    return withoutRate(short);
  return text.replace(LAKHS_A_YEAR, ' lakh');
}

/** ASCII digits, no invisible characters, one kind of blank apart from those inside numbers. */
const normalise = (text: string): string =>
  asciiDigits(decimalFractions(text.replace(/[\p{Cf}\p{Cc}]/gu, '')).replace(/[０-９]/g, (d) => d.normalize('NFKC')));

/** Puts spaces between numbers and letters ("rs.4200", "500rs"). */
const separate = (text: string): string =>
  ` ${text
    .replace(/[^\u00a0\u2009\u202f]+/gu, (part) => part.normalize('NFKC'))
    .replace(/([\p{L}\p{M}])\.?(?=\p{Nd})/giu, '$1 ')
    .replace(/(\p{Nd})(?=\p{L})/gu, '$1 ')} `;

/** Words and marks that do not change an amount. */
const withoutFillers = (text: string): string =>
  text
    .replace(/\/-|\/=|\bonly\b|\bmatra\b|मात्र|\bapprox(?:imately)?\b\.?|\babout\b|\baround\b|~/giu, ' ')
    .replace(/[.,:](?=\s|$)/g, ' ')
    .replace(new RegExp(`${CURRENCY_MARK}[.,:]`, 'g'), CURRENCY_MARK)
    .trim();

/** A number of the currency that its decimals fit: "€1.500" and "Rs 1,50" have two readings. */
function readPlain(text: string, currency: string): number | null {
  const isThousandsOrDecimals = /^\d{1,3}\.\d{3}$/.test(text) && !THREE_DECIMALS.has(currency);
  const isDecimalComma = currency === 'INR' && /^\d+,\d{1,2}$/.test(text);
  return isThousandsOrDecimals || isDecimalComma ? null : readNumber(text);
}

const MARK_INSIDE = new RegExp(
  `[^${CURRENCY_MARK}\\s]\\s*${CURRENCY_MARK}[${CURRENCY_MARK}\\s]*[^${CURRENCY_MARK}\\s]`,
);
const withoutMarks = (text: string): string =>
  text
    .replaceAll(CURRENCY_MARK, ' ')
    .replace(/[ \t\n]+/g, ' ')
    .trim();

/** An amount without its smaller unit: a currency between numbers ("5 rupees 50") says nothing. */
const readMajor = (text: string, currency: string): number | null =>
  MARK_INSIDE.test(text) ? null : readPlain(withoutMarks(text), currency);

const AND = '(?:and|aur|और)';
/** Amounts of two units: "5 rupees 50", "Rs 5 and 50", before "paise". */
const twoUnits: readonly RegExp[] = [
  new RegExp(`^([^${CURRENCY_MARK}]*\\S)\\s*${CURRENCY_MARK}\\s*(?:${AND}\\s+)?(.+)$`, 'iu'),
  new RegExp(`^${CURRENCY_MARK}\\s*(.+?)\\s+${AND}\\s+(.+)$`, 'iu'),
  new RegExp(`^${CURRENCY_MARK}\\s*(\\d\\S*)\\s+(\\d+)$`, 'iu'),
];

/** Units and hundredths: "5 rupees 50 paise" = 5.5, "50 paise" = 0.5. @param text - before the smaller unit. */
function readHundredths(text: string, currency: string): number | null {
  const [, before, after] = twoUnits.map((pattern) => pattern.exec(text)).find((match) => match !== null) ?? [];
  if (before === undefined && text.includes(CURRENCY_MARK)) return null;
  const units = before === undefined ? 0 : readPlain(before.trim(), currency);
  const hundredths = readNumber(after ?? text);
  if (units === null || hundredths === null || hundredths >= 100 || !Number.isInteger(units)) return null;
  return Number((units + hundredths / 100).toFixed(6));
}

const MINOR_UNIT = /^(.+?)\s+(\p{L}[\p{L}\p{M}]*)$/u;

/** An amount whose last word is a smaller unit; undefined for another one. */
function readMinor(text: string, currency: string | null, isNamed: boolean): Omit<Amount, 'kind'> | null | undefined {
  const [, before, unit] = MINOR_UNIT.exec(text) ?? [];
  const possible = unit === undefined ? [] : currenciesOfMinorUnit(unit.toLowerCase());
  if (possible.length === 0) return undefined;
  // "50 cents" alone may be of several currencies.
  const code = isNamed ? currency : unit!.toLowerCase().startsWith('cent') ? null : possible[0]!;
  if (code === null || !possible.includes(code)) return null;
  const amount = readHundredths(before!.trim(), code);
  return amount === null ? null : { amount, currency: code };
}

const SIGN = new RegExp(`^((?:${CURRENCY_MARK}\\s*)*)[-−]\\s*(?=[\\d.${CURRENCY_MARK}])`, 'u');

/** Longest word or code of a currency beside an amount. */
const NEIGHBOUR_LENGTH = 24;
const NEIGHBOUR_BEFORE = /(?:^|[\s(])([^\s\d(),;:/]+)\s?$/u;
const NEIGHBOUR_AFTER = /^\s?([^\s\d(),;:/]+)/u;

/** The currency named directly beside an amount that names none: "[500] dollars". */
function neighbouringCurrency({ before = '', after = '' }: TextContext, fallback: string): string | null {
  const [, left = ''] = NEIGHBOUR_BEFORE.exec(before.slice(-NEIGHBOUR_LENGTH)) ?? [];
  const [, right = ''] = NEIGHBOUR_AFTER.exec(after.slice(0, NEIGHBOUR_LENGTH)) ?? [];
  const pair = NEIGHBOUR_AFTER.exec(after.slice(right.length + 1, right.length + 1 + NEIGHBOUR_LENGTH))?.[1] ?? '';
  const named = [left, right, `${right} ${pair}`].map((text) => splitCurrency(text, fallback));
  return splitCurrency([left, named[2]!.isNamed ? `${right} ${pair}` : right].join(' '), fallback).currency;
}

/** Units without a number, which say how large and not how much: "lakhs of rupees". A lone "lakh" is one. */
const UNITS_ALONE =
  /^(?:k|l|cr|mn|bn|hundreds|thousands|lakhs|lacs|crores|millions|billions|haz+a+ro+n?|la+kho+n?|kar+o+do+n?|croro+n?|sain?ka?do+n?)(?: of)?$/iu;

/** Amount and currency of a text without its sign. @param text - with marks in place of currencies. */
function readUnits(text: string, currency: string | null, isNamed: boolean): Omit<Amount, 'kind'> | null {
  if (UNITS_ALONE.test(withoutMarks(text))) return null;
  const minor = readMinor(text, currency, isNamed);
  if (minor !== undefined) return minor;
  const amount = currency === null ? null : readMajor(text, currency);
  return amount === null ? null : { amount, currency: currency! };
}

const PERCENT = /^\s*(?:%|per ?cent\b)/i;

/**
 * Parses an amount: "1.5 lakh" → 150000 INR, "₹2,50,000", "Rs. 500/-", "rs.4200", "₹1.5L", "do hazaar rupaye", "$20",
 * "€1.234,56", "AED 500", "₹999/month". A leading minus sign makes it negative; the marks Cr and Dr of bank lines do not.
 * @param currency - used when neither text nor its neighbours name one. @default 'INR'
 * @param context - the text around: a currency beside the amount and the words of a bank line.
 * @returns null when the text is not exactly one amount, or has two readings.
 */
export function readAmount(text: string, currency = 'INR', context: TextContext = {}): Amount | null {
  const { before = '', after = '' } = context;
  if (text.length > MAXIMUM_LENGTH || PERCENT.test(after)) return null;
  const unmarked = withoutCreditMark(withoutRate(normalise(text).trim()), `${before} ${text} ${after}`);
  // A trailing minus is a debit in some exports and the dash of "500/-" in letters.
  if (unmarked === null || /(?<!\/)[-−]$/.test(unmarked)) return null;
  const { currency: own, isNamed, rest } = splitCurrency(separate(unmarked), currency);
  const code = isNamed ? own : neighbouringCurrency(context, currency);
  const signed = withoutFillers(rest);
  const unsigned = signed.replace(SIGN, '$1');
  const found = readUnits(unsigned, code, isNamed);
  if (found === null) return null;
  return { amount: signed === unsigned ? found.amount : -found.amount, currency: found.currency, kind: 'amount' };
}
