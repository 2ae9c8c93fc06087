import { errorAt } from '../../../contracts/errors.js';

/** A token and where it stands: `text.slice(start, end)` in UTF-16 code units. */
export interface Token {
  readonly text: string;
  readonly start: number;
  /** First code unit after the token. */
  readonly end: number;
}

/** `words` cuts at changes between letters, digits and signs; `spaces` at white space only (text that is cut already). */
export type Tokeniser = 'words' | 'spaces';

/** A token longer than this is cut, so that a megabyte without a space costs no more than one with spaces. */
const LONGEST_TOKEN = 64;

// In this order: abbreviations (p.m., U.S.), numbers with their separators (2,50,000.00, 22:35) and an ending (25th, 5k),
// words with combining marks (Devanagari vowel signs) and inner apostrophe or ampersand (o'clock, M&S), an English
// possessive, and anything else that is no white space by itself, as a whole code point.
const WORDS =
  /(?:\p{L}\.){2,}|\p{Nd}+(?:[.,:]\p{Nd}+)*(?:\p{L}\p{M}*|\p{Nd})*|(?:\p{L}\p{M}*|\p{Nd})+(?:(?:['’](?![sS](?!\p{L}))|&)(?:\p{L}\p{M}*)+)*|['’][sS](?!\p{L})|[^\s]/gu;
const SPACES = /\S+/gu;

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

function pushPieces(tokens: Token[], text: string, start: number, end: number): void {
  let from = start;
  while (from < end) {
    let to = Math.min(end, from + LONGEST_TOKEN);
    // A cut never falls inside a surrogate pair.
    if (to < end && isHighSurrogate(text.charCodeAt(to - 1))) to -= 1;
    tokens.push({ text: text.slice(from, to), start: from, end: to });
    from = to;
  }
}

/**
 * Cuts text into tokens. Every character that is no white space is in exactly one token, whatever the script; offsets
 * are UTF-16 code units and never inside a surrogate pair. O(length).
 */
export function tokenise(text: string, tokeniser: Tokeniser = 'words'): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(tokeniser === 'words' ? WORDS : SPACES))
    pushPieces(tokens, text, match.index, match.index + match[0].length);
  return tokens;
}

/** A typed stretch of text in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** @throws PipelineError `INVALID_VALUE` for a span that is empty, outside of the text or cuts a character in two. */
export function requireSpan(text: string, { start, end }: Span, row: number): void {
  const inside = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length;
  const cuts = (at: number): boolean =>
    at > 0 && at < text.length && isHighSurrogate(text.charCodeAt(at - 1)) && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  if (inside && !cuts(start) && !cuts(end)) return;
  const finding = `a span from ${start} to ${end} does not fit a text of ${text.length} code units`;
  throw errorAt('INVALID_VALUE', { row: row + 1 }, finding);
}
