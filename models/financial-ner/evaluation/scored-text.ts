import { countSpans } from '../../../learning/evaluation/metrics/spans.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';
import type { ConfidentSpan } from '../data/annotations.js';

/** Truth and answer of a text. */
export interface JudgedText {
  readonly wanted: readonly Span[];
  readonly found: readonly ConfidentSpan[];
}

/** 1 for each found entity that is right, with its confidence. */
export function judgedConfidences(judged: readonly JudgedText[]): { labels: number[]; scores: number[] } {
  const [labels, scores]: [number[], number[]] = [[], []];
  for (const { found, wanted } of judged)
    for (const span of found) {
      labels.push(countSpans([span], wanted).right);
      scores.push(span.confidence);
    }
  return { labels, scores };
}
