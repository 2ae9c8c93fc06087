import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { scoredTable } from './score.js';
import { readExamples } from '../data/examples.js';
import { isOutOfScope, joinLabels } from '../data/label-set.js';

/** The most frequent label with its share; ties go to the first by name. */
function mostFrequent(labels: readonly string[]): { readonly label: string; readonly share: number } {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const ranked = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const [label = '#', count = 0] = ranked[0] ?? [];
  return { label, share: labels.length > 0 ? count / labels.length : 0 };
}

/** Baseline: always answers the most frequent training intent. */
export function baseline(
  train: TrainingData,
  holdout: TrainingData,
): { readonly name: string; readonly scored: Table } {
  const labels = readExamples(train).map(({ intents }) => joinLabels(intents));
  const { label, share } = mostFrequent(labels.some((one) => !isOutOfScope(one)) ? labels : []);
  const truth = readExamples(holdout).map(({ intents }) => joinLabels(intents));
  const constant = (value: number): Float64Array => new Float64Array(truth.length).fill(value);
  const scored = scoredTable({
    truth,
    predicted: truth.map(() => label),
    answered: truth.map(() => label),
    confidence: constant(share),
    outOfScopeScore: constant(0),
    evaluated: constant(1),
  });
  return { name: 'most frequent intent', scored };
}
