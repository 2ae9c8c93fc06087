import type { PersonalSpan } from './spans.js';

const NUMBER = String.raw`\d{1,5}(?:[/-]\d{1,4}){0,3}[A-Za-z]?`;
const WORD = String.raw`(?:\p{Lu}[\p{L}\p{M}'’.-]*|\d{1,3}(?:st|nd|rd|th))`;
const STREET =
  'Street|St|Road|Rd|Avenue|Ave|Av|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Crescent|Close|Way|Square|Squares|Terrace|' +
  'Place|Parkway|Highway|Streets|Marg|Nagar|Colony|Layout|Enclave|Vihar|Puram|Gali|Chowk|Bazaar|Bagh|Cross|Main|' +
  'Society|Apartments|Residency|Heights|Extension|Estate';
const UNIT = String.raw`(?:Apt|Apartment|Suite|Unit|Flat|Floor|Room|Block|Tower|Wing|Sector|Phase|Ward)\.?\s?#?[A-Za-z]?-?\d{0,5}[A-Za-z]?`;
/** House, flat or plot with its number. */
const HOUSE = String.raw`(?:Flat|House|H\.? ?No|Door|Plot|D\.? ?No|Shop|Room|Villa)\.?(?: No)?\.?[ :#]{0,2}[A-Za-z]?-?${NUMBER}`;
const BOX = String.raw`(?:PSC \d{2,5},? Box \d{2,6}|P\.? ?O\.? Box \d{2,6}|USS \p{Lu}\p{L}+|Unit \d{3,5},? Box \d{2,5})`;
/** Further parts on the next lines or after commas, up to a postal code. */
const REST = String.raw`(?:[,\n]\s{0,2}[\p{L}\p{N}][\p{L}\p{M}\p{N}'’. /-]{1,40}){0,6}?(?:[,\n \-]\s{0,2}(?:\d{6}|\d{5}(?:-\d{4})?|\d{3} \d{3}|(?:AA|AE|AP) \d{5}))(?!\d)`;

/** Words that may stand between the names of a street. */
const BETWEEN = '(?:de|da|do|des|du|la|le|el|al|und|van|von|u\\.|ul\\.|út|útja|c/) ';
const WORDS = String.raw`(?:${BETWEEN}){0,2}(?:${WORD} (?:${BETWEEN}){0,2}){1,5}`;
const STREET_IN_ONE_WORD =
  'strasse|straße|gasse|weg|gatan|gata|vägen|vegen|veien|gade|vej|vegur|katu|tie|kuja|straat|laan|utca|ulica';

const PATTERNS: readonly RegExp[] = [
  String.raw`(?:the )?corner of [^\n.?!]{3,40} and ${WORD}(?: ${WORD}){0,2}`,
  String.raw`(?:${HOUSE}|${BOX})(?:${REST})?`,
  String.raw`(?:${NUMBER} ){1,2}${WORDS}(?:${STREET})\b\.?(?:[, \n]\s{0,2}${UNIT}){0,2}(?:${REST})?`,
  String.raw`(?:${NUMBER} ){1,2}${WORDS}?(?:${NUMBER})?(?:[, \n]\s{0,2}${UNIT}){0,2}${REST}`,
  String.raw`\p{Lu}[\p{L}-]{2,20}(?:${STREET_IN_ONE_WORD}) ${NUMBER}`,
  String.raw`(?:Rua|Via|Rue|Calle|Ulica|Avenida|Rúa) (?:${BETWEEN}){0,2}(?:${WORD} ){1,4}${NUMBER}`,
  String.raw`(?:Apt|Suite)\.? \d{1,5}`,
  String.raw`(?<=\b(?:lives? at|arrived at|located at|sent to|return to|address(?: is|:))\s{1,3})(?:${NUMBER} ){1,2}\p{L}[^\n?!;]{3,70}?(?=[?!\n;]|\.\s|\.?$)`,
].map((pattern) => new RegExp(String.raw`(?<![\p{L}\p{N}.@/-])${pattern}(?![\p{L}\p{N}])`, 'gu'));

/**
 * Postal addresses that their form shows: a house, flat or plot with its number, a number before words that end in
 * "Street", "Nagar" and the like, boxes, a street in one word before its number, with what follows up to a postal code;
 * a number and words that a postal code follows, and a number and words after "lives at", "address:" and the like.
 */
export function* findAddresses(text: string): Generator<PersonalSpan> {
  for (const pattern of PATTERNS)
    for (const { index, 0: found } of text.matchAll(pattern))
      yield { type: 'ADDRESS', start: index, end: index + found.length };
}
