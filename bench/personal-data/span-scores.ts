import { shareInterval } from '../../learning/evaluation/metrics/index.js';
import { benchmarkRow, type BenchmarkRow } from '../report/suite.js';

export interface TypedSpan {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** A text with what is marked in it. `given` says which spans count; others of the truth make no prediction wrong. */
export interface MarkedText {
  readonly text: string;
  readonly spans: readonly TypedSpan[];
}

interface Counts {
  marked: number;
  hidden: number;
  found: number;
  right: number;
}

const overlaps = (a: TypedSpan, b: TypedSpan): boolean => a.start < b.end && b.start < a.end;

/** Whether every letter and digit of a span lies in what was found, of whatever type: nothing of it would be readable. */
function isHidden(text: string, { start, end }: TypedSpan, found: readonly TypedSpan[]): boolean {
  for (const { index } of text.slice(start, end).matchAll(/[\p{L}\p{N}]/gu))
    if (!found.some((span) => start + index >= span.start && start + index < span.end)) return false;
  return true;
}

function count(counts: Map<string, Counts>, type: string): Counts {
  const known = counts.get(type) ?? { marked: 0, hidden: 0, found: 0, right: 0 };
  counts.set(type, known);
  return known;
}

const share = (name: string, hits: number, of: number): BenchmarkRow[] => {
  if (of === 0) return [];
  const { low, high } = shareInterval(hits, of);
  const percent = (value: number): string => (100 * value).toFixed(1);
  const unit = `% (${percent(low)} to ${percent(high)}; ${hits} of ${of})`;
  return [benchmarkRow({ name, value: (100 * hits) / of, unit })];
};

/**
 * Recall: marked spans of which nothing stays readable. Precision: found spans that overlap a marked one of their type.
 * Both by type, with 95 % intervals of a proportion; texts made from one template are not independent, so the intervals
 * are too narrow there.
 */
export function spanRows(
  name: string,
  texts: readonly MarkedText[],
  find: (text: string) => readonly TypedSpan[],
): BenchmarkRow[] {
  const counts = new Map<string, Counts>();
  for (const { text, spans } of texts) {
    const found = find(text);
    for (const span of spans) {
      const of = count(counts, span.type);
      of.marked += 1;
      if (isHidden(text, span, found)) of.hidden += 1;
    }
    for (const span of found) {
      const of = count(counts, span.type);
      of.found += 1;
      if (spans.some((marked) => marked.type === span.type && overlaps(marked, span))) of.right += 1;
    }
  }
  return [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([type, { marked, hidden, found, right }]) => [
      ...share(`${name}, ${type}, recall`, hidden, marked),
      ...share(`${name}, ${type}, precision`, right, found),
    ]);
}
