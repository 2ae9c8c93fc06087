import { findAddressesAndAccounts, findIdentifiers } from './identifiers.js';

/**
 * What every identifier has, tested first because the search itself takes a hundred times as long: an at sign, twelve
 * digits, a PAN, an IFSC, the length of an IBAN, digits after "a/c" or "account", or digits of another script.
 */
const MAY_IDENTIFY = new RegExp(
  [
    '@',
    '\\d(?:[ -]?\\d){11}',
    '[a-z]{5}\\d{4}[a-z]',
    '[a-z]{4}0[a-z0-9]{6}',
    '[a-z]{2}\\d{2}(?:[ -]?[a-z0-9]){11}',
    '(?:a\\/c|acc?t|account)\\D{0,30}\\d',
    '[०-९０-９]',
  ].join('|'),
  'i',
);
const DIGIT_OR_AT = /[\d@०-९０-９]/;
const FEWEST_CHARACTERS = 5;

const mayIdentify = (text: string): boolean =>
  text.length >= FEWEST_CHARACTERS && DIGIT_OR_AT.test(text) && MAY_IDENTIFY.test(text);
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/gu;

/** A masked text, with what was masked in it. */
export interface MaskedText {
  readonly text: string;
  /** The parts as they stood in the text, and their values without spaces; [] when nothing was masked. */
  readonly found: readonly string[];
}

/**
 * Puts an asterisk in the place of each letter and digit of an identifier: payment cards, Aadhaar numbers, PAN, IFSC,
 * IBAN, UPI ids, e-mail addresses, and account numbers after "a/c" and the like. The text keeps its length, so that
 * offsets into it stay right. Names of people are not found.
 */
export function maskIdentifiers(text: string): MaskedText {
  if (!mayIdentify(text)) return { text, found: [] };
  const spans = [...findIdentifiers(text), ...findAddressesAndAccounts(text)];
  if (spans.length === 0) return { text, found: [] };
  const found = spans.flatMap(({ start, end, value }) => [text.slice(start, end), value]);
  const masked = spans.reduce(
    (sofar, { start, end }) => sofar.slice(0, start) + hide(sofar.slice(start, end)) + sofar.slice(end),
    text,
  );
  return { text: masked, found };
}

/** One asterisk for each UTF-16 code unit, so that offsets stay. */
const hide = (part: string): string => part.replace(LETTER_OR_DIGIT, (character) => '*'.repeat(character.length));

/** Hides parts that were found elsewhere, such as in the text that an answer is about. */
export const maskParts = (text: string, parts: readonly string[]): string =>
  parts.reduce((sofar, part) => (part === '' ? sofar : sofar.replaceAll(part, hide)), text);
