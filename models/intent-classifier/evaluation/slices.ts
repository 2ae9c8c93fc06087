import type { TrainingData } from '../../../contracts/dataset.js';
import type { Metric, Slice } from '../../../contracts/evaluation.js';
import { type ClassScore, shareInterval } from '../../../learning/evaluation/metrics/index.js';

/** Intents shown: the weakest; all of 150 would hide them. */
const MOST_INTENTS = 20;
/** A language with fewer messages says nothing that its noise would not drown. */
const FEWEST_MESSAGES = 30;

interface Judged {
  readonly truth: readonly string[];
  readonly predicted: readonly string[];
  /** For each held-out row 1 when it stands in the two lists. */
  readonly kept: readonly number[];
}

function intentSlice({ name, precision, recall, f1, support }: ClassScore): Slice {
  const of = (metric: string, value: number): Metric => ({ name: metric, value, direction: 'higher', n: support });
  return { name: `intent: ${name}`, metrics: [of('f1', f1), of('precision', precision), of('recall', recall)] };
}

function localeSlices({ truth, predicted, kept }: Judged, { table }: TrainingData): Slice[] {
  const column = table.columns.locale;
  if (column?.kind !== 'text') return [];
  const right = new Map<string, number[]>();
  const locales = column.values.filter((_, row) => kept[row] === 1);
  locales.forEach((locale, i) => {
    const name = locale ?? 'unknown';
    right.set(name, [...(right.get(name) ?? []), Number(truth[i] === predicted[i])]);
  });
  return [...right]
    .filter(([, rows]) => rows.length >= FEWEST_MESSAGES)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([locale, rows]) => {
      const hits = rows.reduce((sum, one) => sum + one, 0);
      const interval = shareInterval(hits, rows.length);
      const value = hits / rows.length;
      return { name: `language: ${locale}`, metrics: [{ name: 'accuracy', value, direction: 'higher', n: rows.length, interval }] }; // prettier-ignore
    });
}

/** Accuracy by language, and precision, recall and F1 of the intents with the lowest F1. */
export function slices(judged: Judged, scores: readonly ClassScore[], holdout: TrainingData): Slice[] {
  const weakest = scores.filter(({ support }) => support > 0).sort((a, b) => a.f1 - b.f1 || (a.name < b.name ? -1 : 1));
  return [...localeSlices(judged, holdout), ...weakest.slice(0, MOST_INTENTS).map(intentSlice)];
}
