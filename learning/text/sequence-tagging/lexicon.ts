import { mix } from './hash.js';

/** Maximum length of a lexicon phrase in tokens. */
export const MAXIMUM_PHRASE_TOKENS = 6;

/** Known names: lower-case tokens joined with a space → bit mask of the types they occur as. */
export type Lexicon = ReadonlyMap<string, number>;

/** Position in a phrase: 0 begin, 1 inside, 2 end, 3 single token. */
const positionInPhrase = (i: number, length: number): number => {
  if (length === 1) return 3;
  if (i === 0) return 0;
  return i === length - 1 ? 2 : 1;
};

/**
 * Longest matches from left to right, without overlap.
 * @param lower - lower-case tokens.
 * @param skip - whether a phrase is treated as unknown (in training: phrases that occur in this sentence only).
 * @returns (tokens,) hash of position and types; 0 = in no phrase.
 */
export function matchLexicon(
  lexicon: Lexicon,
  lower: readonly string[],
  skip?: (phrase: string) => boolean,
): Int32Array {
  const found = new Int32Array(lower.length);
  if (lexicon.size === 0) return found;
  for (let i = 0; i < lower.length; i++) {
    const match = longestMatchAt(lexicon, lower, i, skip);
    if (!match) continue;
    for (let k = 0; k < match.length; k++) found[i + k] = mix(700 + positionInPhrase(k, match.length), match.types);
    i += match.length - 1;
  }
  return found;
}

function longestMatchAt(
  lexicon: Lexicon,
  lower: readonly string[],
  start: number,
  skip?: (phrase: string) => boolean,
): { readonly length: number; readonly types: number } | null {
  let phrase = '';
  let best: { length: number; types: number } | null = null;
  for (let length = 1; length <= MAXIMUM_PHRASE_TOKENS && start + length <= lower.length; length++) {
    phrase = length === 1 ? lower[start]! : `${phrase} ${lower[start + length - 1]!}`;
    const types = lexicon.get(phrase);
    if (types !== undefined && !(skip?.(phrase) ?? false)) best = { length, types };
  }
  return best;
}
