import { pipelineError } from '../../contracts/errors.js';

/** A piece of a filter with its place. */
export interface Token {
  readonly kind: 'name' | 'quoted-name' | 'text' | 'number' | 'operator' | 'end';
  /** Without its quotes. */
  readonly text: string;
  /** Index of its first character. */
  readonly at: number;
}

/** Longer ones are no filter that a person writes. */
export const MOST_CHARACTERS = 4_000;

/** NUL and halves of surrogate pairs: PostgreSQL refuses them. */
export const UNSTORABLE = /[\0\p{Surrogate}]/u;

/** One alternative for each kind of piece, tried in this order. */
const PIECES: readonly (readonly [Token['kind'] | 'space', RegExp])[] = [
  ['space', /\s+/y],
  ['text', /'(?:[^']|'')*'/y],
  ['quoted-name', /`[^`]+`|"[^"]+"/y],
  ['number', /-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?(?![\w.])/iy],
  ['operator', /-(?=\s*(?:inf|infinity)\b)|<=|>=|<>|!=|[=<>(),.]/iy],
  ['name', /[\p{L}_][\p{L}\p{N}_@:-]*/uy],
];

/** An error of a filter, with a caret below the place. */
export function filterFault(filter: string, at: number, finding: string) {
  const from = Math.max(0, at - 60);
  const shown = filter.slice(from, at + 40).replaceAll(/\s/g, ' ');
  return pipelineError('INVALID_FILTER', {
    position: at + 1,
    finding,
    excerpt: `  ${shown}\n  ${' '.repeat(at - from)}^`,
  });
}

/**
 * Cuts a filter into tokens; the last one is the end.
 * @throws PipelineError `INVALID_FILTER` with the position of a character that begins none, or of an open quote.
 */
export function tokenize(filter: string): readonly Token[] {
  if (filter.length > MOST_CHARACTERS)
    throw filterFault(filter, MOST_CHARACTERS, `it has ${filter.length} characters, at most ${MOST_CHARACTERS}`);
  const unstorable = UNSTORABLE.exec(filter);
  if (unstorable !== null) throw filterFault(filter, unstorable.index, 'a character that no text of the database has');
  const tokens: Token[] = [];
  for (let at = 0; at < filter.length;) {
    const { kind, length } = pieceAt(filter, at);
    if (kind !== 'space') tokens.push({ kind, text: contentOf(kind, filter.slice(at, at + length)), at });
    at += length;
  }
  return [...tokens, { kind: 'end', text: '', at: filter.length }];
}

function pieceAt(filter: string, at: number): { readonly kind: Token['kind'] | 'space'; readonly length: number } {
  for (const [kind, pattern] of PIECES) {
    pattern.lastIndex = at;
    const found = pattern.exec(filter);
    if (found !== null) return { kind, length: found[0].length };
  }
  const character = String.fromCodePoint(filter.codePointAt(at)!);
  const finding = /['"`]/.test(character) ? `the quote ${character} is not closed` : `unexpected ${character}`;
  throw filterFault(filter, at, finding);
}

function contentOf(kind: Token['kind'], text: string): string {
  if (kind === 'text') return text.slice(1, -1).replaceAll("''", "'");
  return kind === 'quoted-name' ? text.slice(1, -1) : text;
}
