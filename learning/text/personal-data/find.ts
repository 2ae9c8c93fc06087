import { findAddressesAndAccounts, findIdentifiers, passesLuhn, withoutOverlaps } from '../value-parsers/index.js';
import { findAddresses } from './addresses.js';
import { findNames } from './names.js';
import { findPhones } from './phones.js';
import type { PersonalSpan } from './spans.js';

const OCTET = '(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)';
const IP_ADDRESSES: readonly RegExp[] = [
  new RegExp(String.raw`(?<![\w.])(?:${OCTET}\.){3}${OCTET}(?![\w]|\.\d)`, 'g'),
  /(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])/gi,
];

function* findIpAddresses(text: string): Generator<PersonalSpan> {
  for (const pattern of IP_ADDRESSES)
    for (const { index, 0: found } of text.matchAll(pattern))
      yield { type: 'IP_ADDRESS', start: index, end: index + found.length };
}

/** A Maestro number of twelve digits after the word "card": without it a reference or an Aadhaar number looks the same. */
const TWELVE_DIGIT_CARD = /(?<=\b(?:card|cc)\b[^\d\n]{0,20})(?<!\d)(?:5[0678]|6\d)\d{10}(?!\d)/gi;

function* findShortCards(text: string): Generator<PersonalSpan> {
  for (const { index, 0: digits } of text.matchAll(TWELVE_DIGIT_CARD))
    if (passesLuhn(digits)) yield { type: 'CARD', start: index, end: index + digits.length };
}

function* numbersAndAddresses(text: string): Generator<PersonalSpan> {
  yield* findShortCards(text);
  yield* findIdentifiers(text);
  yield* findAddressesAndAccounts(text);
  yield* findIpAddresses(text);
  yield* findPhones(text);
}

function* everything(text: string): Generator<PersonalSpan> {
  yield* numbersAndAddresses(text);
  yield* findAddresses(text);
  yield* findNames(text);
}

/** Identifiers, accounts, e-mail and IP addresses and telephone numbers, from left to right: no names of people. */
export const findPersonalNumbers = (text: string): PersonalSpan[] =>
  withoutOverlaps(numbersAndAddresses(text), text.length);

/**
 * Everything personal that a rule recognises, from left to right: what {@link findPersonalNumbers} finds, and names and
 * postal addresses that are marked as such. Of overlapping spans the one with the surer form is kept. Time grows
 * linearly with the text.
 */
export const findPersonalData = (text: string): PersonalSpan[] => withoutOverlaps(everything(text), text.length);
