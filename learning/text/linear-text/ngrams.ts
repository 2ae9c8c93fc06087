import { avalanche } from '../../numeric/hash/murmur.js';

const FNV_OFFSET = 0x811c9dc5 | 0;
const FNV_PRIME = 0x01000193;
/** Seed that separates word n-grams from letter n-grams. */
const WORD_SEED = 0x2545f491;
/** Separator between words of an n-gram; padding around a word for letter n-grams. */
const SPACE = 0x20;

/** Minimum and maximum length of n-grams. */
export interface NgramRange {
  readonly shortest: number;
  readonly longest: number;
}

/**
 * Normalises a text for comparison: NFKC, lower case, control characters and runs of white space replaced by one space,
 * trimmed.
 */
export function normaliseText(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{C}\s]+/gu, ' ')
    .trim();
}

/** Splits a normalised text into words (letters, marks, digits) and single symbols. */
export function splitWords(text: string): string[] {
  return text.match(/[\p{L}\p{M}\p{N}]+|[^\p{L}\p{M}\p{N}\s]/gu) ?? [];
}

function extendHash(hash: number, text: string): number {
  let h = hash;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), FNV_PRIME);
  return h;
}

/**
 * Hashes (32 bit, FNV-1a with a final avalanche) every sequence of `shortest` to `longest` words.
 * @param emit - called once per occurrence.
 */
export function hashWordGrams(
  words: readonly string[],
  { shortest, longest }: NgramRange,
  emit: (hash: number) => void,
): void {
  for (let start = 0; start < words.length; start++) {
    let hash = FNV_OFFSET ^ WORD_SEED;
    for (let length = 1; length <= longest && start + length <= words.length; length++) {
      hash = extendHash(Math.imul(hash ^ SPACE, FNV_PRIME), words[start + length - 1]!);
      if (length >= shortest) emit(avalanche(hash) | 0);
    }
  }
}

/**
 * Hashes every sequence of `shortest` to `longest` UTF-16 code units inside a word padded with a space on both sides.
 * @param emit - called once per occurrence.
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
