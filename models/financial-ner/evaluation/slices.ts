import type { TrainingData } from '../../../contracts/dataset.js';
import type { Metric, Slice } from '../../../contracts/evaluation.js';
import { countSpans, f1Of, precisionOf, recallOf, sumSpans } from '../../../learning/evaluation/metrics/spans.js';
import type { JudgedText } from './scored-text.js';
import { readExamples } from '../data/examples.js';

/** A group with fewer annotated entities says nothing that its noise would not drown. */
const SMALLEST_SLICE = 20;
const COLUMNS: readonly string[] = ['kind', 'locale'];

function sliceMetrics(judged: readonly JudgedText[]): Metric[] {
  const sum = sumSpans(judged.map(({ found, wanted }) => countSpans(found, wanted)));
  return [
    { name: 'f1', value: f1Of(sum), direction: 'higher', n: sum.wanted },
    { name: 'precision', value: precisionOf(sum), direction: 'higher', n: sum.found },
    { name: 'recall', value: recallOf(sum), direction: 'higher', n: sum.wanted },
  ];
}

function bySpanType(judged: readonly JudgedText[], type: string): Slice {
  const own = judged.map(({ wanted, found }) => ({
    wanted: wanted.filter((span) => span.type === type),
    found: found.filter((span) => span.type === type),
  }));
  return { name: `type: ${type}`, metrics: sliceMetrics(own) };
}

function byColumn(judged: readonly JudgedText[], name: string, holdout: TrainingData): Slice[] {
  const column = holdout.table.columns[name];
  if (column?.kind !== 'text') return [];
  const groups = new Map<string, JudgedText[]>();
  readExamples(holdout).forEach(({ row }, i) => {
    const group = column.values[row] ?? 'unknown';
    const own = groups.get(group);
    if (own) own.push(judged[i]!);
    else groups.set(group, [judged[i]!]);
  });
  return [...groups]
    .filter(([, own]) => own.reduce((sum, { wanted }) => sum + wanted.length, 0) >= SMALLEST_SLICE)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, own]) => ({ name: `${name}: ${group}`, metrics: sliceMetrics(own) }));
}

/** F1, precision and recall by entity type, and by kind of text and language where there are enough entities. */
export const slices = (judged: readonly JudgedText[], types: readonly string[], holdout: TrainingData): Slice[] => [
  ...types.map((type) => bySpanType(judged, type)),
  ...COLUMNS.flatMap((name) => byColumn(judged, name, holdout)),
];
