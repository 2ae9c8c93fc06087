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

/** ISO 13616: letters as numbers, the first four characters last, remainder 1 modulo 97. */
export function isIban(text: string): boolean {
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(text)) return false;
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

/** Payment card: 13 to 19 digits that pass Luhn and are not one digit repeated. */
export const isCard = (text: string): boolean =>
  /^[2-6]\d{12,18}$/.test(text) && !/^(\d)\1+$/.test(text) && passesLuhn(text);

interface Rule {
  readonly type: IdentifierSpan['type'];
  readonly pattern: RegExp;
  readonly holds: (value: string) => boolean;
}

const compact = (text: string): string => text.replace(/[\s-]/g, '').toUpperCase();

// The patterns are linear: no repeated group can match one text in two ways.
const rules: readonly Rule[] = [
  { type: 'IBAN', pattern: /(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?: ?[A-Za-z0-9]){11,30}(?![A-Za-z0-9])/g, holds: isIban },
  { type: 'CARD', pattern: /(?<![\dA-Za-z])\d(?:[ -]?\d){12,18}(?![\dA-Za-z])/g, holds: isCard },
  { type: 'AADHAAR', pattern: /(?<![\dA-Za-z])\d{4}[ -]?\d{4}[ -]?\d{4}(?![\dA-Za-z])/g, holds: isAadhaar },
  { type: 'PAN', pattern: /(?<![A-Za-z0-9])[A-Za-z]{5}\d{4}[A-Za-z](?![A-Za-z0-9])/g, holds: isPan },
  { type: 'IFSC', pattern: /(?<![A-Za-z0-9])[A-Za-z]{4}0[A-Za-z0-9]{6}(?![A-Za-z0-9])/g, holds: isIfsc },
];
// What follows the sign has no dot, which tells a UPI id from an e-mail address.
const UPI = /(?<![\w.@-])[\w.-]{2,64}@[A-Za-z]{2,32}(?![\w@]|\.[A-Za-z])/g;

function* matches(text: string): Generator<IdentifierSpan> {
  for (const { type, pattern, holds } of rules)
    for (const match of text.matchAll(pattern)) {
      const value = compact(match[0]);
      if (holds(value)) yield { type, start: match.index, end: match.index + match[0].length, value };
    }
  for (const match of text.matchAll(UPI)) {
    const end = match.index + match[0].length;
    yield { type: 'UPI_ID', start: match.index, end, value: match[0].toLowerCase() };
  }
}

/** Identifiers in a text, from left to right; where two overlap the one listed first (IBAN, card, Aadhaar …) stays. */
export function findIdentifiers(text: string): IdentifierSpan[] {
  const kept: IdentifierSpan[] = [];
  for (const span of matches(text))
    if (kept.every(({ start, end }) => span.end <= start || span.start >= end)) kept.push(span);
  return kept.sort((a, b) => a.start - b.start);
}
