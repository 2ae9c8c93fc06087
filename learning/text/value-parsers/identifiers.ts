import { withoutOverlaps } from './without-overlaps.js';

/** A part of a text with the form and, where defined, the checksum of an identifier. */
export interface IdentifierSpan {
  readonly type: 'PAN' | 'IFSC' | 'AADHAAR' | 'CARD' | 'IBAN' | 'UPI_ID' | 'EMAIL' | 'ACCOUNT';
  readonly start: number;
  readonly end: number;
  /** Without spaces and hyphens, upper case (UPI ids and e-mail addresses in lower case). */
  readonly value: string;
}

const digitsOf = (text: string): number[] => Array.from(text, Number);

/** Whether a string of digits passes the Luhn check (ISO/IEC 7812-1). */
export function passesLuhn(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false;
  const total = digitsOf(digits)
    .reverse()
    .reduce((sum, digit, i) => sum + (i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit), 0);
  return total % 10 === 0;
}

/** Multiplication in the dihedral group D5: 0 to 4 are rotations, 5 to 9 reflections. */
function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b) % 5) : (a - b + 5) % 5;
}

const VERHOEFF = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

/** Verhoeff's permutation, applied `place` times (modulo 8). */
function permute(digit: number, place: number): number {
  let value = digit;
  for (let i = 0; i < place % 8; i++) value = VERHOEFF[value]!;
  return value;
}

/** Whether a string of digits passes Verhoeff's check (1969), which detects single errors and adjacent transpositions. */
export function passesVerhoeff(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false;
  return (
    digitsOf(digits)
      .reverse()
      .reduce((check, digit, i) => dihedral(check, permute(digit, i)), 0) === 0
  );
}

/** IBAN length by country (SWIFT IBAN registry, release 99). */
const ibanLengths: ReadonlyMap<string, number> = new Map(
  [
    '15 NO',
    '16 BE',
    '18 DK FI FK FO GL NL SD',
    '19 MK SI',
    '20 AT BA EE KZ LT LU MN XK',
    '21 CH HR LI LV',
    '22 BG BH CR DE GB GE IE ME RS VA',
    '23 AE GI IL IQ OM SO TL',
    '24 AD CZ ES MD PK RO SA SE SK TN VG',
    '25 LY PT ST',
    '26 IS TR',
    '27 BI DJ FR GR IT MC MR SM',
    '28 AL AZ BY CY DO GT HN HU LB NI PL SV',
    '29 BR EG PS QA UA',
    '30 JO KW MU YE',
    '31 MT SC',
    '32 LC',
    '33 RU',
  ].flatMap((row) => {
    const [length, ...countries] = row.split(' ');
    return countries.map((country): [string, number] => [country, Number(length)]);
  }),
);

/** Whether a text is a valid IBAN (ISO 13616): the country's length and check digits (ISO 7064 mod 97-10). */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(text) || text.length !== ibanLengths.get(text.slice(0, 2))) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  let remainder = 0;
  for (const character of moved)
    for (const digit of String(parseInt(character, 36))) remainder = (10 * remainder + Number(digit)) % 97;
  return remainder === 1;
}

/** Whether a text has the form of an Indian permanent account number (PAN); the fourth letter is the holder's type. */
export const isPan = (text: string): boolean => /^[A-Z]{3}[ABCFGHLJPTK][A-Z]\d{4}[A-Z]$/.test(text);

/** Whether a text has the form of an IFSC, the code of an Indian bank branch: four letters, a zero, six characters. */
export const isIfsc = (text: string): boolean => /^[A-Z]{4}0[A-Z0-9]{6}$/.test(text);

/** Whether a text is a valid Aadhaar number: twelve digits, the first from 2 to 9, that pass Verhoeff's check. */
export const isAadhaar = (text: string): boolean => /^[2-9]\d{11}$/.test(text) && passesVerhoeff(text);

/** Issuer prefixes and lengths (ISO/IEC 7812): Visa, Mastercard, Amex, Diners, JCB, Maestro, RuPay, others with 6. */
const NETWORKS = new RegExp(
  `^(?:${[
    '4(?:\\d{12}|\\d{15}|\\d{18})',
    '5[1-5]\\d{14}',
    '2(?:22[1-9]|2[3-9]\\d|[3-6]\\d\\d|7[01]\\d|720)\\d{12}',
    '3[47]\\d{13}',
    '3(?:0[0-5]|[689]\\d)\\d{11}',
    '35\\d{14,17}',
    '(?:1800|2131)\\d{11}',
    '5[0678]\\d{11,17}',
    '6\\d{15,18}',
    '8[12]\\d{14}',
  ].join('|')})$`,
);

/** Whether a text is a payment card number: a known issuer prefix and length, Luhn, not one repeated digit. */
export const isCard = (text: string): boolean => NETWORKS.test(text) && !/^(\d)\1+$/.test(text) && passesLuhn(text);

interface IdentifierRule {
  readonly type: IdentifierSpan['type'];
  readonly pattern: RegExp;
  readonly isValid: (value: string) => boolean;
}

const compact = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();

/** Replaces Devanagari and full-width digits by ASCII ones; offsets stay the same. */
const withAsciiDigits = (text: string): string =>
  text.replace(/[०-९０-９]/g, (digit) => String((digit.charCodeAt(0) - (digit < '\uff00' ? 0x966 : 0xff10)) % 10));

const IBAN_START = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}/g;

/** The IBAN that starts at an offset, of the country's length, with single spaces or hyphens between characters. */
function ibanAt(text: string, start: number): IdentifierSpan | null {
  const length = ibanLengths.get(text.slice(start, start + 2).toUpperCase()) ?? 0;
  let [end, found] = [start, 0];
  for (; found < length && end < text.length; end++) {
    if (/[A-Za-z0-9]/.test(text[end]!)) found += 1;
    else if (!/[ -]/.test(text[end]!) || !/[A-Za-z0-9]/.test(text[end + 1] ?? '')) return null;
  }
  const value = compact(text.slice(start, end));
  return /[A-Za-z0-9]/.test(text[end] ?? '') || !isIban(value) ? null : { type: 'IBAN', start, end, value };
}

// The patterns match in linear time: no repeated group is ambiguous.
const rules: readonly IdentifierRule[] = [
  { type: 'PAN', pattern: /(?<![A-Za-z0-9])[A-Za-z]{5}\d{4}[A-Za-z](?![A-Za-z0-9])/g, isValid: isPan },
  { type: 'IFSC', pattern: /(?<![A-Za-z0-9])[A-Za-z]{4}0[A-Za-z0-9]{6}(?![A-Za-z0-9])/g, isValid: isIfsc },
];
// The part after @ has no dot, unlike that of an e-mail address.
const UPI = /(?<![\w.@-])[\w.-]{2,64}@[A-Za-z]{2,32}(?![\w@]|\.[A-Za-z])/g;

const EMAIL = /(?<![\w.@+-])[\w.+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}(?![\w@-]|\.\w)/g;
/** The number after "a/c no." and the like, masked or not. */
const ACCOUNT =
  /(?<=\b(?:a\/c|acct?|account)(?: ?(?:no|number|num)\b)?[.:#]{0,2}\s{0,2})(?:[Xx*]{1,12}-?)?\d(?:[\d-]{2,18}\d)(?![\w-])/gi;

/** A statement line up to the id: UPI-NAME-id@bank. */
const IN_STATEMENT = /(?:^|\s)UPI-[^@-]*-([^@\s]*@[A-Za-z]+)$/;

/** Groups of digits, not preceded by the plus sign of a telephone number. */
const GROUPS = /(?<![\dA-Za-z+])\d+(?:[ -]\d+)*(?![\dA-Za-z])/g;
/** Digit groups of cards and Aadhaar numbers: one group, groups of four, or those of American Express and Diners. */
const CARD_GROUPS = /^(?:\d{13,19}|4,4,4,[1-4](?:,[1-3])?|4,6,[45])$/;
const AADHAAR_GROUPS = /^(?:\d{12}|4,4,4)$/;
/** Words that mark the number after them as another identifier. Needed because one number in ten passes a check digit. */
const OTHER_NUMBER_CONTEXT =
  /(?:\b(?:ref(?:erence)?|rrn|utr|txn|transaction|order|invoice|a\/c|ac|acc|acct|account|phone|mobile|mob)\b[\s:#.-]{0,3}(?:(?:no|number|num|id|is|code)\b[\s:#.-]{0,3}){0,2}|\/)$/i;

interface Group {
  readonly start: number;
  readonly end: number;
}

function groupsOf(text: string, start: number): Group[] {
  return [...text.matchAll(/\d+/g)].map((match) => ({
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
}

/** The lengths of several groups, joined by commas; the digits themselves of a single group. */
function groupLayout(text: string, groups: readonly Group[]): string {
  if (groups.length === 1) return text.slice(groups[0]!.start, groups[0]!.end);
  return groups.map(({ start, end }) => end - start).join();
}

function cardOrAadhaar(text: string, groups: readonly Group[]): IdentifierSpan | null {
  const [start, end] = [groups[0]!.start, groups.at(-1)!.end];
  const layout = groupLayout(text, groups);
  const value = compact(text.slice(start, end));
  if (CARD_GROUPS.test(layout) && isCard(value)) return { type: 'CARD', start, end, value };
  return AADHAAR_GROUPS.test(layout) && isAadhaar(value) ? { type: 'AADHAAR', start, end, value } : null;
}

/** Cards have at most five groups; the longest valid sequence of groups is used. */
const MAXIMUM_GROUPS = 5;

function* cardsAndAadhaar(text: string): Generator<IdentifierSpan> {
  for (const match of text.matchAll(GROUPS)) {
    const groups = groupsOf(match[0], match.index);
    for (let i = 0; i < groups.length; i++) {
      if (OTHER_NUMBER_CONTEXT.test(text.slice(Math.max(0, groups[i]!.start - 30), groups[i]!.start))) continue;
      const lengths = Array.from({ length: Math.min(MAXIMUM_GROUPS, groups.length - i) }, (_, k) => k + 1).reverse();
      const found = lengths
        .map((length) => cardOrAadhaar(text, groups.slice(i, i + length)))
        .find((one) => one !== null);
      if (found) yield found;
    }
  }
}

function* upiIds(text: string): Generator<IdentifierSpan> {
  for (const match of text.matchAll(UPI)) {
    const end = match.index + match[0].length;
    const statementId = IN_STATEMENT.exec(text.slice(Math.max(0, match.index - 60), end))?.[1];
    // With another hyphen the end of the name is ambiguous, and a part of an id may be another valid id.
    if (statementId?.includes('-') === true) continue;
    const start = statementId === undefined ? match.index : end - statementId.length;
    yield { type: 'UPI_ID', start, end, value: text.slice(start, end).toLowerCase() };
  }
}

function* matches(text: string, type: IdentifierSpan['type'], pattern: RegExp): Generator<IdentifierSpan> {
  for (const match of text.matchAll(pattern)) {
    const value = type === 'EMAIL' ? match[0].toLowerCase() : compact(match[0]);
    yield { type, start: match.index, end: match.index + match[0].length, value };
  }
}

function* candidates(given: string): Generator<IdentifierSpan> {
  const text = withAsciiDigits(given);
  for (const { index } of text.matchAll(IBAN_START)) {
    const found = ibanAt(text, index);
    if (found) yield found;
  }
  yield* cardsAndAadhaar(text);
  for (const { type, pattern, isValid: holds } of rules)
    for (const found of matches(text, type, pattern)) if (holds(found.value)) yield found;
  yield* upiIds(text);
}

/**
 * Finds identifiers in a text, from left to right. Of overlapping ones the first type in the order IBAN, card or Aadhaar,
 * PAN, IFSC, UPI id is kept. Numbers after "ref", "account" or a slash are not reported as card or Aadhaar, because one
 * number in ten passes a check digit.
 */
export const findIdentifiers = (text: string): IdentifierSpan[] => withoutOverlaps(candidates(text), text.length);

/** Finds e-mail addresses and the numbers behind "a/c" or "account", from left to right. */
export const findAddressesAndAccounts = (text: string): IdentifierSpan[] =>
  withoutOverlaps(
    [...matches(text, 'EMAIL', EMAIL), ...matches(withAsciiDigits(text), 'ACCOUNT', ACCOUNT)],
    text.length,
  );
