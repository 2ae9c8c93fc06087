import { PipelineError } from '../../../contracts/errors.js';
import type { Span, Token } from './tokens.js';

/** `bio`: begin, inside, outside; `bilou` adds labels for the last token and for entities of one token. */
export type TagScheme = 'bio' | 'bilou';

/** The labels of all entity types under one scheme. Label 0 is O (outside). */
export interface LabelSet {
  readonly scheme: TagScheme;
  readonly types: readonly string[];
  readonly labels: readonly string[];
}

const PARTS = { bio: ['B', 'I'], bilou: ['B', 'I', 'L', 'U'] } as const;
/** Labels are stored in a byte. */
const MAXIMUM_LABELS = 250;

/**
 * Creates a label set.
 * @param types - in numbering order.
 * @throws PipelineError `INVALID_INPUT` when the types need more labels than a byte holds.
 */
export function labelSet(types: readonly string[], scheme: TagScheme): LabelSet {
  const labels = ['O', ...types.flatMap((type) => PARTS[scheme].map((part) => `${part}-${type}`))];
  if (labels.length <= MAXIMUM_LABELS) return { scheme, types, labels };
  throw new PipelineError('INVALID_INPUT', `${types.length} entity types need more than ${MAXIMUM_LABELS} labels`);
}

/** Splits a label into its part (O, B, I, L or U) and its type's number (−1 for O). */
function partsOf({ scheme }: LabelSet, label: number): { readonly part: string; readonly type: number } {
  if (label === 0) return { part: 'O', type: -1 };
  const parts = PARTS[scheme];
  return { part: parts[(label - 1) % parts.length]!, type: Math.floor((label - 1) / parts.length) };
}

const opens = (part: string): boolean => part === 'B' || part === 'U';

/** Whether label `to` may follow label `from`. */
function mayFollow(set: LabelSet, from: number, to: number): boolean {
  const [before, after] = [partsOf(set, from), partsOf(set, to)];
  const continues = after.part === 'I' || after.part === 'L';
  const open = before.part === 'B' || before.part === 'I';
  if (continues) return open && before.type === after.type;
  return set.scheme === 'bio' || !open;
}

/** Allowed transitions. Label `set.labels.length` is the border before the first and after the last token. */
export interface Transitions {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
}

/** All allowed transitions, borders included, ordered by `to`, then by `from`. */
export function allowedTransitions(set: LabelSet): Transitions {
  const border = set.labels.length;
  const from: number[] = [];
  const to: number[] = [];
  for (let b = 0; b <= border; b++)
    for (let a = 0; a <= border; a++) {
      if (a === border && b === border) continue;
      // The border behaves like O on both sides.
      if (!mayFollow(set, a === border ? 0 : a, b === border ? 0 : b)) continue;
      from.push(a);
      to.push(b);
    }
  return { from: Uint8Array.from(from), to: Uint8Array.from(to) };
}

/** The label of the token at `position` in an entity of `length` tokens. */
function labelAt(set: LabelSet, type: number, position: number, length: number): number {
  const parts: readonly string[] = PARTS[set.scheme];
  const bilou = set.scheme === 'bilou';
  let part = position === 0 ? 'B' : 'I';
  if (bilou && length === 1) part = 'U';
  else if (bilou && position === length - 1) part = 'L';
  return 1 + type * parts.length + parts.indexOf(part);
}

/** Positions of the first and the last token (inclusive) that overlap a span; −1 when none does. */
export function touchedTokens(tokens: readonly Token[], span: Span): { readonly first: number; readonly last: number } {
  let [first, last] = [-1, -1];
  for (let i = 0; i < tokens.length; i++) {
    if (tokens[i]!.end <= span.start) continue;
    if (tokens[i]!.start >= span.end) break;
    if (first < 0) first = i;
    last = i;
  }
  return { first, last };
}

/**
 * One label per token. A span covers every token that it overlaps; of two overlapping spans the earlier one (then the
 * longer one) is kept. Types outside the set are ignored.
 */
export function encodeSpans(set: LabelSet, tokens: readonly Token[], spans: readonly Span[]): Uint8Array {
  const labels = new Uint8Array(tokens.length);
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const type = set.types.indexOf(span.type);
    const { first, last } = touchedTokens(tokens, span);
    if (type < 0 || first < 0) continue;
    if (labels.subarray(first, last + 1).some((label) => label !== 0)) continue;
    for (let i = first; i <= last; i++) labels[i] = labelAt(set, type, i - first, last - first + 1);
  }
  return labels;
}

/** A sequence of tokens with one type, `last` inclusive. */
export interface TokenSpan {
  readonly type: string;
  readonly first: number;
  readonly last: number;
}

/** Entities of a label sequence. A continuation label without a preceding begin label starts an entity. */
export function decodeLabels(set: LabelSet, labels: ArrayLike<number>): TokenSpan[] {
  const spans: TokenSpan[] = [];
  // Type −1: no entity is open.
  const open = { type: -1, first: 0 };
  const close = (last: number): void => {
    if (open.type >= 0) spans.push({ type: set.types[open.type]!, first: open.first, last });
    open.type = -1;
  };
  for (let i = 0; i < labels.length; i++) {
    const { part, type } = partsOf(set, labels[i]!);
    if (part === 'O' || opens(part) || open.type !== type) {
      close(i - 1);
      open.type = type;
      open.first = i;
    }
    if (part === 'L' || part === 'U') close(i);
  }
  close(labels.length - 1);
  return spans;
}

/** Token spans as character spans. */
export const asSpans = (tokens: readonly Token[], spans: readonly TokenSpan[]): Span[] =>
  spans.map(({ type, first, last }) => ({ type, start: tokens[first]!.start, end: tokens[last]!.end }));

/** Labels of one entity type. */
export interface TypeLabels {
  /** Label of an entity of one token. */
  readonly single: number;
  readonly begin: number;
  readonly inside: number;
  readonly end: number;
}

/** The labels of one type. @param type - its number in the set. */
export const typeLabels = (set: LabelSet, type: number): TypeLabels => ({
  single: labelAt(set, type, 0, 1),
  begin: labelAt(set, type, 0, 3),
  inside: labelAt(set, type, 1, 3),
  end: labelAt(set, type, 2, 3),
});
