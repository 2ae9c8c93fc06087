import { mix } from './hash.js';

/** Longest phrase of a lexicon in tokens. */
export const LONGEST_PHRASE = 6;

/** Known names by their lower-case tokens joined with a space, each with the numbers of the types it was seen as. */
export type Lexicon = ReadonlyMap<string, number>;

/** A place in a phrase: begin, inside, end, alone. */
const placeOf = (i: number, length: number): number => {
  if (length === 1) return 3;
  if (i === 0) return 0;
  return i === length - 1 ? 2 : 1;
};

/**
 * Longest matches from left to right.
 * @param lower - lower-case tokens.
 * @param skip - phrases that are treated as unknown (in training: those that only this sentence knows, so that the
 *   weight of a match is learned as it will be on names from elsewhere).
 * @returns one hash a token, 0 = in no phrase.
 */
export function matchLexicon(
  lexicon: Lexicon,
  lower: readonly string[],
  skip?: (phrase: string) => boolean,
): Int32Array {
  const found = new Int32Array(lower.length);
  if (lexicon.size === 0) return found;
  for (let i = 0; i < lower.length; i++) {
    const match = longestAt(lexicon, lower, i, skip);
    if (!match) continue;
    for (let k = 0; k < match.length; k++) found[i + k] = mix(700 + placeOf(k, match.length), match.types);
    i += match.length - 1;
  }
  return found;
}

function longestAt(
  lexicon: Lexicon,
  lower: readonly string[],
  start: number,
  skip?: (phrase: string) => boolean,
): { readonly length: number; readonly types: number } | null {
  let phrase = '';
  let best: { length: number; types: number } | null = null;
  for (let length = 1; length <= LONGEST_PHRASE && start + length <= lower.length; length++) {
    phrase = length === 1 ? lower[start]! : `${phrase} ${lower[start + length - 1]!}`;
    const types = lexicon.get(phrase);
    if (types !== undefined && !(skip?.(phrase) ?? false)) best = { length, types };
  }
  return best;
}
