import type { Span } from './tokens.js';

/** Spans in normal form, with counts of what was changed. */
export interface NormalisedSpans {
  readonly spans: readonly Span[];
  /** Spans with blanks or invisible characters at an end, which were cut off. */
  readonly cut: number;
  /** Spans left out: of blanks only, or a repetition of another. */
  readonly repeated: number;
  /** Spans left out because they overlap one that is kept. */
  readonly overlapping: number;
}

const isBlank = (character: string): boolean => /[\s\p{Cc}\p{Cf}]/u.test(character);

function cutBlanks(text: string, span: Span): Span {
  let { start, end } = span;
  while (start < end && isBlank(text[start]!)) start += 1;
  while (end > start && isBlank(text[end - 1]!)) end -= 1;
  return start === span.start && end === span.end ? span : { ...span, start, end };
}

const isSame = (a: Span, b: Span): boolean => a.type === b.type && a.start === b.start && a.end === b.end;
const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end;

/**
 * Annotated spans as training and evaluation read them: blanks at the ends cut off, repetitions once, and of overlapping
 * spans the one that starts first, then the longest (of nested spans the outer), then the first given. Ascending.
 * @param spans - within the text.
 */
export function normaliseSpans(text: string, spans: readonly Span[]): NormalisedSpans {
  const trimmed = spans.map((span) => cutBlanks(text, span));
  const cut = trimmed.filter((span, i) => span !== spans[i]).length;
  const kept: Span[] = [];
  let [repeated, overlapping] = [0, 0];
  for (const span of [...trimmed].sort((a, b) => a.start - b.start || b.end - a.end))
    if (span.start === span.end || kept.some((other) => isSame(other, span))) repeated += 1;
    else if (kept.some((other) => overlap(other, span))) overlapping += 1;
    else kept.push(span);
  return { spans: kept, cut, repeated, overlapping };
}
