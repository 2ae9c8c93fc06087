import type { DatasetSchema, TrainingData } from '../../../contracts/dataset.js';
import type { Metric, Slice } from '../../../contracts/evaluation.js';
import type { Column } from '../../../contracts/table.js';
import { aucUncertainty } from '../../../learning/evaluation/compare-auc.js';
import { rocAuc, type Scored, shareInterval } from '../../../learning/evaluation/metrics/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { isAge } from '../data/protected.js';
import { groupBy } from '../../../learning/group-by.js';

/** Metrics of smaller groups would be dominated by noise. */
const SMALLEST_SLICE = 30;
/** An AUC of one row of a class is an anecdote. */
const SMALLEST_CLASS = 2;
/** Of the bootstrap in small slices. */
const SLICE_SEED = 1;

/** Features that are sliced by, beside the protected columns. */
const BUSINESS_COLUMNS: readonly string[] = ['kind'];

const AGE_BANDS = [
  { name: 'up to 25', below: 26 },
  { name: '26 to 35', below: 36 },
  { name: '36 to 50', below: 51 },
  { name: 'over 50', below: Infinity },
] as const;

const ageBand = (age: number): string => AGE_BANDS.find(({ below }) => age < below)?.name ?? 'unknown';

function groupNames(name: string, column: Column, schema: DatasetSchema): string[] {
  if (column.kind === 'text') return column.values.map((value) => value ?? 'unknown');
  const named = (value: number): string => (isAge(name, schema) ? ageBand(value) : String(value));
  return Array.from(column.values, (value) => (Number.isNaN(value) ? 'unknown' : named(value)));
}

function sliceMetrics({ labels, scores }: Scored): Metric[] {
  const n = labels.length;
  const bad = Math.round(mean(labels) * n);
  const rates: Metric[] = [
    { name: 'badRate', value: mean(labels), direction: 'lower', n, interval: shareInterval(bad, n) },
    { name: 'meanProbability', value: mean(scores), direction: 'lower', n },
  ];
  if (Math.min(bad, n - bad) < SMALLEST_CLASS) return rates;
  const uncertainty = aucUncertainty({ labels, scores }, SLICE_SEED);
  return [{ name: 'aucRoc', value: rocAuc(labels, scores), direction: 'higher', n, ...uncertainty }, ...rates];
}

interface Sliced {
  readonly scored: Scored;
  readonly schema: DatasetSchema;
}

function slicesOf(name: string, column: Column, { scored, schema }: Sliced): Slice[] {
  const names = groupNames(name, column, schema);
  return [...groupBy(names.keys(), (row) => names[row]!)]
    .filter(([, rows]) => rows.length >= SMALLEST_SLICE)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, rows]) => {
      const pick = (values: ArrayLike<number>): number[] => rows.map((row) => values[row]!);
      const part = { labels: pick(scored.labels), scores: pick(scored.scores) };
      return { name: `${name}: ${group}`, metrics: sliceMetrics(part) };
    });
}

/** The metrics per protected group, age band and kind of loan, where a group has at least 30 held-out rows. */
export const slices = (scored: Scored, { schema, table }: TrainingData): Slice[] =>
  [...(schema.protectedColumns ?? []), ...(schema.table === undefined ? BUSINESS_COLUMNS : [])].flatMap((name) => {
    const column = table.columns[name];
    return column ? slicesOf(name, column, { scored, schema }) : [];
  });
