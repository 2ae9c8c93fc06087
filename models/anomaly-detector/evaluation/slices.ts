import type { TrainingData } from '../../../contracts/dataset.js';
import type { Metric, Slice } from '../../../contracts/evaluation.js';
import { delongAuc, rocAuc } from '../../../learning/evaluation/metrics/index.js';
import { textColumn, timestampColumn } from '../../../learning/table.js';
import { columnNames } from '../data/columns.js';
import { DELONG_ROWS, smallestClass } from '../../../learning/evaluation/compare-auc.js';
import { type Judged, misuseCount } from './metrics.js';

/** A group with fewer rows says nothing that its noise would not drown. */
const SMALLEST_SLICE = 100;
/** With fewer rows of a class the AUC is an anecdote. */
const SMALLEST_CLASS = 5;
/** The largest categories; a card is no spreadsheet. */
const MOST_CATEGORIES = 12;

function sliceMetrics(judged: Judged): Metric[] {
  const n = judged.labels.length;
  const alerts = judged.alerts.reduce((sum, alert) => sum + alert, 0);
  const rates: Metric[] = [
    { name: 'misuseRate', value: misuseCount(judged) / n, direction: 'lower', n },
    { name: 'alertsPer1000', value: (1000 * alerts) / n, direction: 'lower', n },
  ];
  if (smallestClass(judged) < SMALLEST_CLASS) return rates;
  const auc: Metric = { name: 'aucRoc', value: rocAuc(judged.labels, judged.scores), direction: 'higher', n };
  // DeLong's normal interval leaves [0, 1] when a class is small.
  const certain = smallestClass(judged) >= DELONG_ROWS;
  return [certain ? { ...auc, interval: delongAuc(judged).interval } : auc, ...rates];
}

function partOf(judged: Judged, positions: readonly number[]): Judged {
  const pick = (values: ArrayLike<number>): Float64Array => Float64Array.from(positions, (i) => values[i]!);
  return {
    rows: positions.map((i) => judged.rows[i]!),
    ...{ labels: pick(judged.labels), scores: pick(judged.scores), alerts: pick(judged.alerts) },
  };
}

/** Slices by a name a row, the largest first. */
function slicesBy(title: string, judged: Judged, nameOf: (row: number) => string): Slice[] {
  const groups = new Map<string, number[]>();
  judged.rows.forEach((row, i) => {
    const name = nameOf(row);
    const known = groups.get(name);
    if (known) known.push(i);
    else groups.set(name, [i]);
  });
  return [...groups]
    .filter(([, positions]) => positions.length >= SMALLEST_SLICE)
    .sort(([a, n], [b, m]) => m.length - n.length || (a < b ? -1 : 1))
    .slice(0, MOST_CATEGORIES)
    .map(([name, positions]) => ({ name: `${title}: ${name}`, metrics: sliceMetrics(partOf(judged, positions)) }));
}

function byCategory(judged: Judged, { table }: TrainingData): Slice[] {
  if (table.columns[columnNames.category] === undefined) return [];
  const categories = textColumn(table, columnNames.category);
  return slicesBy('category', judged, (row) => categories[row] ?? 'unknown');
}

/** Customers whose first transaction lies in the holdout: training never saw them. */
function byFamiliarity(judged: Judged, { table }: TrainingData): Slice[] {
  const since = timestampColumn(table, columnNames.customerSince);
  const start = timestampColumn(table, columnNames.time).reduce((a, b) => Math.min(a, b), Infinity);
  return slicesBy('customer', judged, (row) => (since[row]! >= start ? 'unseen in training' : 'known'));
}

/** The metrics a category and for unseen customers, where there are at least 100 judged rows. */
export const slices = (judged: Judged, holdout: TrainingData): Slice[] => [
  ...byFamiliarity(judged, holdout),
  ...byCategory(judged, holdout),
];
