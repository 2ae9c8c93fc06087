import type { TrainingData } from '../../../contracts/dataset.js';
import type { Metric, Slice } from '../../../contracts/evaluation.js';
import { notMeasurable, proportion } from '../../../learning/evaluation/metrics/index.js';
import { f1Of, sumSpans } from '../../../learning/evaluation/metrics/spans.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { readExamples } from '../data/examples.js';
import { MINIMUM_ENTITIES } from './few-names.js';
import { countsOf, ofType, type ScoredText } from './scored-text.js';
import { groupBy } from '../../../learning/group-by.js';

const COLUMNS: readonly string[] = ['kind', 'locale'];

function sliceMetrics(texts: readonly ScoredText[]): Metric[] {
  const total = sumSpans(countsOf(texts));
  const none = { found: 'no entity was predicted', wanted: 'no entity is annotated' };
  return [
    total.wanted + total.found === 0
      ? notMeasurable('f1', 'higher', none.wanted)
      : { name: 'f1', value: f1Of(total), direction: 'higher', n: total.wanted },
    proportion({ name: 'precision', hits: total.right, rows: total.found, none: none.found }),
    proportion({ name: 'recall', hits: total.right, rows: total.wanted, none: none.wanted }),
  ];
}

function byColumn(texts: readonly ScoredText[], name: string, holdout: TrainingData): Slice[] {
  const column = holdout.table.columns[name];
  if (column?.kind !== 'text') return [];
  const rows = readExamples(holdout).map(({ row }) => row);
  const groups = groupBy(rows.keys(), (i) => column.values[rows[i]!] ?? 'unknown');
  return [...groups]
    .map(([group, own]) => [group, own.map((i) => texts[i]!)] as const)
    .filter(([, own]) => sum(own.map(({ truth }) => truth.length)) >= MINIMUM_ENTITIES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, own]) => ({ name: `${name}: ${group}`, metrics: sliceMetrics(own) }));
}

/** F1, precision and recall by entity type, and by kind of text and language where there are enough entities. */
export const slices = (texts: readonly ScoredText[], types: readonly string[], holdout: TrainingData): Slice[] => [
  ...types.map((type) => ({ name: `type: ${type}`, metrics: sliceMetrics(ofType(texts, type)) })),
  ...COLUMNS.flatMap((name) => byColumn(texts, name, holdout)),
];
