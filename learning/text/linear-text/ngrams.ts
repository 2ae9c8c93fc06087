import { avalanche } from '../../numeric/hash/murmur.js';

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** Separates the hashes of words from those of letters. */
const WORD_SEED = 0x2545f491;
/** Stands between two words of an n-gram and around a word of letters. */
const SPACE = 0x20;

/** Which n-grams of a text count: words in a row, and letters within a word and its two borders. */
export interface NgramRange {
  readonly shortest: number;
  readonly longest: number;
}

/**
 * The form in which texts are compared: compatibility characters folded (NFKC), lower case, control characters and
 * runs of white space as one space, none at the ends.
 */
export function normaliseText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
}

/** Words (letters, marks, digits) and single symbols of a normalised text, in order. */
export function splitWords(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}\s]/gu) ?? [];
}

function extend(hash: number, text: string): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), FNV_PRIME);
  return h;
}

/**
 * Hashes (32 bit, FNV-1a with a final avalanche) of every run of `shortest` to `longest` words.
 * @param emit - called once an occurrence.
 */
export function hashWordGrams(
  words: readonly string[],
  { shortest, longest }: NgramRange,
  emit: (hash: number) => void,
): void {
  for (let start = 0; start < words.length; start++) {
    let hash = FNV_OFFSET ^ WORD_SEED;
    for (let length = 1; length <= longest && start + length <= words.length; length++) {
      hash = extend(Math.imul(hash ^ SPACE, FNV_PRIME), words[start + length - 1]!);
      if (length >= shortest) emit(avalanche(hash) | 0);
    }
  }
}

/**
 * Hashes of every run of `shortest` to `longest` letters (UTF-16 units) inside a word with a space at either end.
 * @param emit - called once an occurrence.
 */
export function hashLetterGrams(
  words: readonly string[],
  { shortest, longest }: NgramRange,
  emit: (hash: number) => void,
): void {
  for (const word of words) {
    const padded = ` ${word} `;
    for (let start = 0; start < padded.length; start++) {
      let hash = FNV_OFFSET;
      const end = Math.min(padded.length, start + longest);
      for (let at = start; at < end; at++) {
        hash = Math.imul(hash ^ padded.charCodeAt(at), FNV_PRIME);
        if (at - start + 1 >= shortest) emit(avalanche(hash) | 0);
      }
    }
  }
}
