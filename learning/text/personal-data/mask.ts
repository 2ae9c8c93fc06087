import { findPersonalData, findPersonalNumbers } from './find.js';
import type { PersonalSpan, PersonalType } from './spans.js';

/**
 * What every number or address of a person has, tested first because the search itself takes a hundred times as long: an
 * at sign, seven digits, a PAN, an IFSC, the length of an IBAN, digits after "a/c" or "account", or digits of another
 * script.
 */
const MAY_IDENTIFY = new RegExp(
  [
    '@',
    '\\d(?:[ ().-]{0,3}\\d){6}',
    '[a-z]{5}\\d{4}[a-z]',
    '[a-z]{4}0[a-z0-9]{6}',
    '[a-z]{2}\\d{2}(?:[ -]?[a-z0-9]){11}',
    '(?:a\\/c|acc?t|account)\\D{0,30}\\d',
    '(?:\\d{1,3}\\.){3}\\d|(?:[0-9a-f]{1,4}:){7}',
    '[०-९０-９]',
  ].join('|'),
  'i',
);
const DIGIT_OR_AT = /[\d@०-९０-９]/;
const FEWEST_CHARACTERS = 5;

/** An id of this system, whose groups look like those of a card now and then. */
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A day or moment in ISO 8601, which requests with a history have by the hundred. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?$/;

const mayIdentify = (text: string): boolean =>
  text.length >= FEWEST_CHARACTERS &&
  DIGIT_OR_AT.test(text) &&
  !MOMENT.test(text) &&
  MAY_IDENTIFY.test(text) &&
  !UUID.test(text);
const LETTER_OR_DIGIT = /[\p{L}\p{N}]/gu;

/** A masked text, with what was masked in it. */
export interface MaskedText {
  readonly text: string;
  /** The parts as they stood in the text, and their values without spaces; [] when nothing was masked. */
  readonly found: readonly string[];
}

/** One asterisk for each UTF-16 code unit, so that offsets stay. */
const hide = (part: string): string => part.replace(LETTER_OR_DIGIT, (character) => '*'.repeat(character.length));

/** @param spans - from left to right, without overlaps. */
function replaceSpans(text: string, spans: readonly PersonalSpan[], by: (span: PersonalSpan) => string): string {
  const parts = spans.map((span, i) => text.slice(spans[i - 1]?.end ?? 0, span.start) + by(span));
  return parts.join('') + text.slice(spans.at(-1)?.end ?? 0);
}

/**
 * Puts an asterisk in the place of each letter and digit of a number or address of a person: payment cards, Aadhaar
 * numbers, PAN, IFSC, IBAN, UPI ids, e-mail and IP addresses, telephone numbers, and account numbers after "a/c" and the
 * like. The text keeps its length, so that offsets into it stay right. Names and postal addresses are not masked.
 */
export function maskNumbers(text: string): MaskedText {
  if (!mayIdentify(text)) return { text, found: [] };
  const spans = findPersonalNumbers(text);
  const found = spans.flatMap(({ start, end, value }) => {
    const written = text.slice(start, end);
    return [written, value ?? written.replace(/[^\p{L}\p{N}+]+/gu, '')];
  });
  return { text: replaceSpans(text, spans, ({ start, end }) => hide(text.slice(start, end))), found };
}

/** Hides parts that were found elsewhere, such as in the text that an answer is about. */
export const maskParts = (text: string, parts: readonly string[]): string =>
  parts.reduce((sofar, part) => (part === '' ? sofar : sofar.replaceAll(part, hide)), text);

/** What stands in a text in the place of personal data. */
export const tokenOf = (type: PersonalType): string => `[${type}]`;

/** Puts `[PHONE]`, `[NAME]` and the like in the place of everything that {@link findPersonalData} finds. */
export const maskWithTokens = (text: string): string =>
  replaceSpans(text, findPersonalData(text), ({ type }) => tokenOf(type));
