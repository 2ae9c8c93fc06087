import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { asSpans, tokenise, type Span } from '../../../learning/text/sequence-tagging/index.js';
import { scoredTable } from './score.js';
import { readExamples, type Example } from '../data/examples.js';

/** Maximum length of a looked-up phrase in tokens. */
const MAXIMUM_PHRASE_TOKENS = 8;

const phraseOf = (text: string): string =>
  tokenise(text)
    .map((token) => token.text.toLowerCase())
    .join(' ');

/** The most frequent training type of each annotated phrase. */
function phraseTypes(examples: readonly Example[]): Map<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { text, spans } of examples)
    for (const { type, start, end } of spans) {
      const phrase = phraseOf(text.slice(start, end));
      const own = counts.get(phrase) ?? new Map<string, number>();
      counts.set(phrase, own.set(type, (own.get(type) ?? 0) + 1));
    }
  const best = (own: Map<string, number>): string =>
    [...own].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))[0]![0];
  return new Map([...counts].map(([phrase, own]) => [phrase, best(own)]));
}

/** Longest known phrases from left to right, without overlap. */
function lookUpPhrases(text: string, known: ReadonlyMap<string, string>): Span[] {
  const tokens = tokenise(text);
  const lower = tokens.map((token) => token.text.toLowerCase());
  const spans: { type: string; first: number; last: number }[] = [];
  for (let i = 0; i < tokens.length; i++) {
    const lengths = Array.from(
      { length: Math.min(MAXIMUM_PHRASE_TOKENS, tokens.length - i) },
      (_, k) => k + 1,
    ).reverse();
    const length = lengths.find((n) => known.has(lower.slice(i, i + n).join(' ')));
    if (length === undefined) continue;
    spans.push({ type: known.get(lower.slice(i, i + length).join(' '))!, first: i, last: i + length - 1 });
    i += length - 1;
  }
  return asSpans(tokens, spans);
}

/** Baseline without learning: looks up the entities annotated in training. */
export function baseline(
  train: TrainingData,
  holdout: TrainingData,
): { readonly name: string; readonly scored: Table } {
  const known = phraseTypes(readExamples(train));
  const truth = readExamples(holdout);
  const found = truth.map(({ text }) => lookUpPhrases(text, known).map((span) => ({ ...span, confidence: 0.5 })));
  return { name: 'dictionary of training entities', scored: scoredTable(truth, found) };
}
