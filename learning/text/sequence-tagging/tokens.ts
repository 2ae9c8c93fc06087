import { errorAt } from '../../../contracts/errors.js';

/** A token and its position: `text.slice(start, end)` in UTF-16 code units. */
export interface Token {
  readonly text: string;
  readonly start: number;
  /** First code unit after the token. */
  readonly end: number;
}

/** `words` splits at changes between letters, digits and symbols; `spaces` at white space only (pre-tokenised text). */
export type Tokeniser = 'words' | 'spaces';

/** Longer tokens are split, which bounds the cost of long text without spaces. */
const MAXIMUM_TOKEN_LENGTH = 64;

// In this order: abbreviations (p.m., U.S.), numbers with their separators (2,50,000.00, 22:35) and an ending (25th, 5k),
// words with combining marks (Devanagari vowel signs) and inner apostrophe or ampersand (o'clock, M&S), the English
// possessive, and any other single code point except white space.
const WORDS =
  /(?:\p{L}\.){2,}|\p{Nd}+(?:[.,:]\p{Nd}+)*(?:\p{L}\p{M}*|\p{Nd})*|(?:\p{L}\p{M}*|\p{Nd})+(?:(?:['’](?![sS](?!\p{L}))|&)(?:\p{L}\p{M}*)+)*|['’][sS](?!\p{L})|[^\s]/gu;
const SPACES = /\S+/gu;

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;

function pushPieces(tokens: Token[], text: string, start: number, end: number): void {
  let from = start;
  while (from < end) {
    let to = Math.min(end, from + MAXIMUM_TOKEN_LENGTH);
    // Do not split a surrogate pair.
    if (to < end && isHighSurrogate(text.charCodeAt(to - 1))) to -= 1;
    tokens.push({ text: text.slice(from, to), start: from, end: to });
    from = to;
  }
}

/**
 * Splits text into tokens. Every character except white space is in exactly one token, in any script; offsets are UTF-16
 * code units and never inside a surrogate pair. O(length).
 */
export function tokenise(text: string, tokeniser: Tokeniser = 'words'): Token[] {
  const tokens: Token[] = [];
  for (const match of text.matchAll(tokeniser === 'words' ? WORDS : SPACES))
    pushPieces(tokens, text, match.index, match.index + match[0].length);
  return tokens;
}

/** A typed range of a text in UTF-16 code units, `end` exclusive. */
export interface Span {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** False for a span that is empty, outside the text or splits a surrogate pair. */
export function fitsText(text: string, { start, end }: Pick<Span, 'start' | 'end'>): boolean {
  const inside = Number.isInteger(start) && Number.isInteger(end) && start >= 0 && start < end && end <= text.length;
  const splitsPair = (at: number): boolean =>
    at > 0 && at < text.length && isHighSurrogate(text.charCodeAt(at - 1)) && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  return inside && !splitsPair(start) && !splitsPair(end);
}

/**
 * Checks that a span fits its text.
 * @param row - row of the text from 0, for the message.
 * @throws PipelineError `INVALID_VALUE` for a span that is empty, outside the text or splits a surrogate pair.
 */
export function requireSpan(text: string, span: Span, row: number): void {
  if (fitsText(text, span)) return;
  const { start, end } = span;
  const finding = `a span from ${start} to ${end} does not fit a text of ${text.length} code units`;
  throw errorAt('INVALID_VALUE', { row: row + 1 }, finding);
}
