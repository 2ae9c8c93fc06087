import type { TrainingData } from '../../contracts/dataset.js';
import { textColumn, withColumn } from '../../learning/table.js';

/** Consonants with their inherent vowel left out. */
const consonants: Readonly<Record<string, string>> = {
  क: 'k', ख: 'kh', ग: 'g', घ: 'gh', ङ: 'n', च: 'ch', छ: 'chh', ज: 'j', झ: 'jh', ञ: 'n', ट: 't', ठ: 'th', ड: 'd',
  ढ: 'dh', ण: 'n', त: 't', थ: 'th', द: 'd', ध: 'dh', न: 'n', प: 'p', फ: 'f', ब: 'b', भ: 'bh', म: 'm', य: 'y', र: 'r',
  ल: 'l', ळ: 'l', व: 'v', श: 'sh', ष: 'sh', स: 's', ह: 'h',
}; // prettier-ignore

/** Vowels, digits and signs. */
const others: Readonly<Record<string, string>> = {
  अ: 'a', आ: 'aa', इ: 'i', ई: 'ee', उ: 'u', ऊ: 'oo', ऋ: 'ri', ए: 'e', ऐ: 'ai', ओ: 'o', औ: 'au', ऑ: 'o', '।': '.',
  '०': '0', '१': '1', '२': '2', '३': '3', '४': '4', '५': '5', '६': '6', '७': '7', '८': '8', '९': '9',
}; // prettier-ignore

/** Signs that combine with the letter before, from U+0900 to U+094D by number; signs that are not spoken are empty. */
const signs: Readonly<Record<number, string>> = {
  0x901: 'n', 0x902: 'n', 0x903: 'h', 0x93c: '', 0x93e: 'aa', 0x93f: 'i', 0x940: 'ee', 0x941: 'u', 0x942: 'oo',
  0x943: 'ri', 0x945: 'e', 0x947: 'e', 0x948: 'ai', 0x949: 'o', 0x94b: 'o', 0x94c: 'au', 0x94d: '',
}; // prettier-ignore

const own = (table: Readonly<Record<string, string>>, key: string): string | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

/** A vowel sign, the sign of no vowel, or the end of a word takes the inherent vowel away. */
const VOWELLESS = /^(?:[\u093e-\u094d]|$|[^\u0900-\u097f])/u;

function latin(character: string, next: string): string {
  const consonant = own(consonants, character);
  if (consonant !== undefined) return VOWELLESS.test(next === '\u093c' ? 'a' : next) ? consonant : `${consonant}a`;
  return own(others, character) ?? signs[character.charCodeAt(0)] ?? character;
}

/** Devanagari as people type it in Latin letters, roughly; with the new place of every place in the old text. */
export function transliterate(text: string): { readonly text: string; readonly places: readonly number[] } {
  let out = '';
  const places = [0];
  for (let i = 0; i < text.length; i++) {
    out += latin(text[i]!, text[i + 1] ?? '');
    places.push(out.length);
  }
  return { text: out, places };
}

const moved = (cell: string, places: readonly number[]): string =>
  cell.replace(
    /(\d+):(\d+):/g,
    (_, start: string, end: string) => `${places[Number(start)]!}:${places[Number(end)]!}:`,
  );

/** The same texts in Latin letters, annotations with them. */
export function inLatinLetters({ schema, table }: TrainingData): TrainingData {
  const written = textColumn(table, 'text').map((text) => transliterate(text ?? ''));
  const cells = textColumn(table, schema.label).map((cell, i) =>
    cell === null ? null : moved(cell, written[i]!.places),
  );
  const latinText = withColumn(table, 'text', { kind: 'text', values: written.map(({ text }) => text) });
  return { schema, table: withColumn(latinText, schema.label, { kind: 'text', values: cells }) };
}
