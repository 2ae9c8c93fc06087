/** A stretch of text that is an identifier by its form and, where it has one, its checksum. */
export interface IdentifierSpan {
  readonly type: 'PAN' | 'IFSC' | 'AADHAAR' | 'CARD' | 'IBAN' | 'UPI_ID';
  readonly start: number;
  readonly end: number;
  /** Without spaces and hyphens, upper case (a UPI id in lower case). */
  readonly value: string;
}

const digitsOf = (text: string): number[] => Array.from(text, Number);

/** Luhn's check digit (ISO/IEC 7812-1) of a string of digits. */
export function passesLuhn(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false;
  const sum = digitsOf(digits)
    .reverse()
    .reduce((total, digit, i) => total + (i % 2 === 0 ? digit : digit > 4 ? 2 * digit - 9 : 2 * digit), 0);
  return sum % 10 === 0;
}

/** Multiplication in the dihedral group D5: numbers below 5 turn, the others also mirror. */
function dihedral(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b) % 5) : (a - b + 5) % 5;
}

const VERHOEFF = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4] as const;

/** Verhoeff's permutation, applied as often as the place says. */
function permuted(digit: number, place: number): number {
  let value = digit;
  for (let i = 0; i < place % 8; i++) value = VERHOEFF[value]!;
  return value;
}

/** Verhoeff's check digit (1969), which finds every single error and every swap of neighbours. */
export function passesVerhoeff(digits: string): boolean {
  if (!/^\d{2,}$/.test(digits)) return false;
  return (
    digitsOf(digits)
      .reverse()
      .reduce((check, digit, i) => dihedral(check, permuted(digit, i)), 0) === 0
  );
}

/** Lengths by country of the IBAN registry (SWIFT, release 99). */
const ibanLengths: ReadonlyMap<string, number> = new Map(
  [
    '15 NO', '16 BE', '18 DK FI FK FO GL NL SD', '19 MK SI', '20 AT BA EE KZ LT LU MN XK', '21 CH HR LI LV',
    '22 BG BH CR DE GB GE IE ME RS VA', '23 AE GI IL IQ OM SO TL', '24 AD CZ ES MD PK RO SA SE SK TN VG',
    '25 LY PT ST', '26 IS TR', '27 BI DJ FR GR IT MC MR SM', '28 AL AZ BY CY DO GT HN HU LB NI PL SV',
    '29 BR EG PS QA UA', '30 JO KW MU YE', '31 MT SC', '32 LC', '33 RU',
  ].flatMap((row) => {
    const [length, ...countries] = row.split(' ');
    return countries.map((country): [string, number] => [country, Number(length)]);
  }),
); // prettier-ignore

/** ISO 13616: the length of its country, and with letters as numbers and the first four characters last 1 modulo 97. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]+$/.test(text) || text.length !== ibanLengths.get(text.slice(0, 2))) return false;
  const moved = text.slice(4) + text.slice(0, 4);
  let remainder = 0;
  for (const character of moved)
    for (const digit of String(parseInt(character, 36))) remainder = (10 * remainder + Number(digit)) % 97;
  return remainder === 1;
}

/** Permanent account number of the Indian income tax: the fourth letter is the kind of holder. It has no public checksum. */
export const isPan = (text: string): boolean => /^[A-Z]{3}[ABCFGHLJPTK][A-Z]\d{4}[A-Z]$/.test(text);

/** Code of an Indian bank branch: four letters, a zero, six characters. */
export const isIfsc = (text: string): boolean => /^[A-Z]{4}0[A-Z0-9]{6}$/.test(text);

/** Aadhaar: twelve digits that do not begin with 0 or 1 and pass Verhoeff. */
export const isAadhaar = (text: string): boolean => /^[2-9]\d{11}$/.test(text) && passesVerhoeff(text);

/** First digits and lengths that networks issue (ISO/IEC 7812): Visa, Mastercard, Amex, Diners, JCB, Maestro, RuPay, others with 6. */
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

/** Payment card: digits of an issuing network that pass Luhn and are not one digit repeated. */
export const isCard = (text: string): boolean => NETWORKS.test(text) && !/^(\d)\1+$/.test(text) && passesLuhn(text);

interface Rule {
  readonly type: IdentifierSpan['type'];
  readonly pattern: RegExp;
  readonly holds: (value: string) => boolean;
}

const compact = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();

/** Devanagari and full-width digits as 0 to 9, each in its place. */
const withDigits = (text: string): string =>
  text.replace(/[०-९０-９]/g, (digit) => String((digit.charCodeAt(0) - (digit < '\uff00' ? 0x966 : 0xff10)) % 10));

const IBAN_START = /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}/g;

/** As many characters as the country's numbers have, with single blanks or hyphens between; the sentence may go on. */
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

// The patterns are linear: no repeated group can match one text in two ways.
const rules: readonly Rule[] = [
  { type: 'PAN', pattern: /(?<![A-Za-z0-9])[A-Za-z]{5}\d{4}[A-Za-z](?![A-Za-z0-9])/g, holds: isPan },
  { type: 'IFSC', pattern: /(?<![A-Za-z0-9])[A-Za-z]{4}0[A-Za-z0-9]{6}(?![A-Za-z0-9])/g, holds: isIfsc },
];
// What follows the sign has no dot, which tells a UPI id from an e-mail address.
const UPI = /(?<![\w.@-])[\w.-]{2,64}@[A-Za-z]{2,32}(?![\w@]|\.[A-Za-z])/g;

/** A statement's line up to the id: UPI-NAME-id@bank. */
const IN_STATEMENT = /(?:^|\s)UPI-[^@-]*-([^@\s]*@[A-Za-z]+)$/;

/** Digits in groups; a plus before them is a telephone number's. */
const GROUPS = /(?<![\dA-Za-z+])\d+(?:[ -]\d+)*(?![\dA-Za-z])/g;
/** How the digits of a card and of an Aadhaar are grouped on paper: in one, in fours, or as American Express and Diners do. */
const CARD_GROUPS = /^(?:\d{13,19}|4,4,4,[1-4](?:,[1-3])?|4,6,[45])$/;
const AADHAAR_GROUPS = /^(?:\d{12}|4,4,4)$/;
/** Words before a number that say that it is something else; one check digit is passed by every tenth number. */
const OTHERWISE =
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

const layoutOf = (text: string, groups: readonly Group[]): string =>
  groups.length === 1 ? text.slice(groups[0]!.start, groups[0]!.end) : groups.map(({ start, end }) => end - start).join(); // prettier-ignore

function numberOf(text: string, groups: readonly Group[]): IdentifierSpan | null {
  const [start, end] = [groups[0]!.start, groups.at(-1)!.end];
  const layout = layoutOf(text, groups);
  const value = compact(text.slice(start, end));
  if (CARD_GROUPS.test(layout) && isCard(value)) return { type: 'CARD', start, end, value };
  return AADHAAR_GROUPS.test(layout) && isAadhaar(value) ? { type: 'AADHAAR', start, end, value } : null;
}

/** A card has at most five groups; the longest one that holds is taken. */
const MOST_GROUPS = 5;

function* numbersIn(text: string): Generator<IdentifierSpan> {
  for (const match of text.matchAll(GROUPS)) {
    const groups = groupsOf(match[0], match.index);
    for (let i = 0; i < groups.length; i++) {
      if (OTHERWISE.test(text.slice(Math.max(0, groups[i]!.start - 30), groups[i]!.start))) continue;
      const lengths = Array.from({ length: Math.min(MOST_GROUPS, groups.length - i) }, (_, k) => k + 1).reverse();
      const found = lengths.map((length) => numberOf(text, groups.slice(i, i + length))).find((one) => one !== null);
      if (found) yield found;
    }
  }
}

function* matches(given: string): Generator<IdentifierSpan> {
  const text = withDigits(given);
  for (const { index } of text.matchAll(IBAN_START)) {
    const found = ibanAt(text, index);
    if (found) yield found;
  }
  yield* numbersIn(text);
  for (const { type, pattern, holds } of rules)
    for (const match of text.matchAll(pattern)) {
      const value = compact(match[0]);
      if (holds(value)) yield { type, start: match.index, end: match.index + match[0].length, value };
    }
  for (const match of text.matchAll(UPI)) {
    const end = match.index + match[0].length;
    const stated = IN_STATEMENT.exec(text.slice(Math.max(0, match.index - 60), end))?.[1];
    // With another dash nobody can tell where the name ends, and part of an id is somebody else's.
    if (stated?.includes('-') === true) continue;
    const start = stated === undefined ? match.index : end - stated.length;
    yield { type: 'UPI_ID', start, end, value: text.slice(start, end).toLowerCase() };
  }
}

/**
 * Identifiers in a text, from left to right; where two overlap the one listed first (IBAN, card, Aadhaar …) stays. A number
 * behind "ref", "account" or a slash is neither card nor Aadhaar: a tenth of all numbers pass one check digit.
 */
export function findIdentifiers(text: string): IdentifierSpan[] {
  const kept: IdentifierSpan[] = [];
  for (const span of matches(text))
    if (kept.every(({ start, end }) => span.end <= start || span.start >= end)) kept.push(span);
  return kept.sort((a, b) => a.start - b.start);
}
