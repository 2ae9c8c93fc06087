import { countSpans, type SpanCounts } from '../../../learning/evaluation/metrics/spans.js';
import type { Span } from '../../../learning/text/sequence-tagging/index.js';
import type { ConfidentSpan } from '../data/annotations.js';

/** Annotated and predicted entities of a held-out text. */
export interface ScoredText {
  readonly truth: readonly Span[];
  readonly predicted: readonly ConfidentSpan[];
}

/** Correct, annotated and predicted entities of each text. */
export const countsOf = (texts: readonly ScoredText[]): SpanCounts[] =>
  texts.map(({ truth, predicted }) => countSpans(predicted, truth));

/** The same texts with the entities of one type only. */
export const ofType = (texts: readonly ScoredText[], type: string): ScoredText[] =>
  texts.map(({ truth, predicted }) => ({
    truth: truth.filter((span) => span.type === type),
    predicted: predicted.filter((span) => span.type === type),
  }));

/** Calibration data: the confidence of each predicted entity, with label 1 if it is correct. */
export function scoredConfidences(texts: readonly ScoredText[]): { labels: number[]; scores: number[] } {
  const [labels, scores]: [number[], number[]] = [[], []];
  for (const { truth, predicted } of texts)
    for (const span of predicted) {
      labels.push(countSpans([span], truth).right);
      scores.push(span.confidence);
    }
  return { labels, scores };
}
