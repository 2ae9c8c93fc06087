import type { TrainingData } from '../../../contracts/dataset.js';
import type { Metric, Slice } from '../../../contracts/evaluation.js';
import { rocAuc, shareInterval } from '../../../learning/evaluation/metrics/index.js';
import { textColumn, timestampColumn } from '../../../learning/table.js';
import { groupBy } from '../../../learning/group-by.js';
import { columnNames } from '../data/columns.js';
import { aucUncertainty, smallestClass } from '../../../learning/evaluation/compare-auc.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { type LabelledScores, misuseCount } from './metrics.js';

/** Smaller groups are omitted: their metrics are too noisy. */
const SMALLEST_SLICE = 100;
/** With fewer rows of a class the AUC is omitted. */
const SMALLEST_CLASS = 5;
/** Of the bootstrap in small slices. */
const SLICE_SEED = 1;
/** Categories on a card, the largest first. */
const MOST_CATEGORIES = 12;

function sliceMetrics(scored: LabelledScores): Metric[] {
  const n = scored.labels.length;
  const alerts = sum(scored.alerts);
  const rates: Metric[] = [
    {
      name: 'misuseRate',
      value: misuseCount(scored) / n,
      direction: 'lower',
      n,
      interval: shareInterval(misuseCount(scored), n),
    },
    { name: 'alertsPer1000', value: (1000 * alerts) / n, direction: 'lower', n },
  ];
  if (smallestClass(scored) < SMALLEST_CLASS) return rates;
  const value = rocAuc(scored.labels, scored.scores);
  return [{ name: 'aucRoc', value, direction: 'higher', n, ...aucUncertainty(scored, SLICE_SEED) }, ...rates];
}

function partOf(scored: LabelledScores, positions: readonly number[]): LabelledScores {
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(positions, (i) => values[i]!);
  return {
    rows: positions.map((i) => scored.rows[i]!),
    labels: pick(scored.labels),
    scores: pick(scored.scores),
    alerts: pick(scored.alerts),
  };
}

/** Slices by a name a row, the largest first. */
function slicesBy(title: string, scored: LabelledScores, nameOf: (row: number) => string): Slice[] {
  const groups = groupBy(scored.rows.keys(), (i) => nameOf(scored.rows[i]!));
  return [...groups]
    .filter(([, positions]) => positions.length >= SMALLEST_SLICE)
    .sort(([a, n], [b, m]) => m.length - n.length || (a < b ? -1 : 1))
    .slice(0, MOST_CATEGORIES)
    .map(([name, positions]) => ({ name: `${title}: ${name}`, metrics: sliceMetrics(partOf(scored, positions)) }));
}

function byCategory(scored: LabelledScores, { table }: TrainingData): Slice[] {
  if (table.columns[columnNames.category] === undefined) return [];
  const categories = textColumn(table, columnNames.category);
  return slicesBy('category', scored, (row) => categories[row] ?? 'unknown');
}

/** Separates customers whose first transaction lies in the holdout: they are not in training. */
function byFamiliarity(scored: LabelledScores, { table }: TrainingData): Slice[] {
  const since = timestampColumn(table, columnNames.customerSince);
  const start = timestampColumn(table, columnNames.time).reduce((a, b) => Math.min(a, b), Infinity);
  return slicesBy('customer', scored, (row) => (since[row]! >= start ? 'unseen in training' : 'known'));
}

/** The groups of the protected columns of a table. */
const byProtected = (scored: LabelledScores, { schema, table }: TrainingData): Slice[] =>
  (schema.protectedColumns ?? []).flatMap((name) =>
    slicesBy(name, scored, (row) => String(table.columns[name]?.values[row] ?? 'unknown')),
  );

/** The metrics a category and for unseen customers, where there are at least 100 scored rows. */
export const slices = (scored: LabelledScores, holdout: TrainingData): Slice[] =>
  holdout.schema.table === undefined
    ? [...byFamiliarity(scored, holdout), ...byCategory(scored, holdout)]
    : byProtected(scored, holdout);
