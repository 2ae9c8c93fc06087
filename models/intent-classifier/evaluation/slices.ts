import type { TrainingData } from '../../../contracts/dataset.js';
import type { Metric, Slice } from '../../../contracts/evaluation.js';
import { type ClassScore, notMeasurable, shareInterval } from '../../../learning/evaluation/metrics/index.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';

/** Number of intents reported, those with the lowest F1. */
const MAXIMUM_INTENTS = 20;
/** Languages with fewer messages are not reported: their accuracy is too noisy. */
const MINIMUM_MESSAGES = 30;

interface EvaluatedRows {
  readonly truth: readonly string[];
  readonly predicted: readonly string[];
  /** (held-out rows,) 1 for rows that are in the two lists. */
  readonly kept: readonly number[];
}

function intentSlice({ name, precision, recall, f1, support }: ClassScore): Slice {
  const of = (metric: string, value: number | null): Metric =>
    value === null
      ? notMeasurable(metric, 'higher', `${name} was never predicted`)
      : { name: metric, value, direction: 'higher', n: support };
  return { name: `intent: ${name}`, metrics: [of('f1', f1), of('precision', precision), of('recall', recall)] };
}

function localeSlices({ truth, predicted, kept }: EvaluatedRows, { table }: TrainingData): Slice[] {
  const column = table.columns.locale;
  if (column?.kind !== 'text') return [];
  const correctByLocale = new Map<string, number[]>();
  const locales = column.values.filter((_, row) => kept[row] === 1);
  locales.forEach((locale, i) => {
    const name = locale ?? 'unknown';
    correctByLocale.set(name, [...(correctByLocale.get(name) ?? []), Number(truth[i] === predicted[i])]);
  });
  return [...correctByLocale]
    .filter(([, rows]) => rows.length >= MINIMUM_MESSAGES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([locale, rows]): Slice => {
      const correct = sum(rows);
      const accuracy: Metric = {
        name: 'accuracy',
        value: correct / rows.length,
        direction: 'higher',
        n: rows.length,
        interval: shareInterval(correct, rows.length),
      };
      return { name: `language: ${locale}`, metrics: [accuracy] };
    });
}

/** Accuracy by language, and precision, recall and F1 of the intents with the lowest F1. */
export function slices(rows: EvaluatedRows, scores: readonly ClassScore[], holdout: TrainingData): Slice[] {
  const weakest = scores.filter(({ support }) => support > 0).sort((a, b) => a.f1 - b.f1 || (a.name < b.name ? -1 : 1));
  return [...localeSlices(rows, holdout), ...weakest.slice(0, MAXIMUM_INTENTS).map(intentSlice)];
}
