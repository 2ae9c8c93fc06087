import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { numberColumn } from '../../../learning/table.js';
import { withSyntheticAnomalies } from './synthetic-anomalies.js';

const amounts = (table: Table): Float64Array =>
  numberColumn(table, 'amount').map((amount) => (Number.isNaN(amount) ? 0 : amount));

/** Median and spread (half the distance of the quartiles) of the known values. */
function middleOf(values: ArrayLike<number>): { readonly median: number; readonly spread: number } {
  const known = Float64Array.from(values)
    .filter((value) => Number.isFinite(value))
    .sort();
  const at = (share: number): number => known[Math.floor(share * (known.length - 1))] ?? 0;
  return { median: at(0.5), spread: (at(0.75) - at(0.25)) / 2 || 1 };
}

/** The distance from the median in spreads of training, of the number in which it is largest. */
function largestDeviations(train: TrainingData, table: Table): Float64Array {
  const deviations = new Float64Array(table.rowCount);
  for (const { name, kind } of train.schema.features) {
    if (kind !== 'numeric') continue;
    const { median, spread } = middleOf(numberColumn(train.table, name));
    numberColumn(table, name).forEach((value, row) => {
      const deviation = Math.abs(value - median) / spread;
      if (deviation > deviations[row]!) deviations[row] = deviation;
    });
  }
  return deviations;
}

/** Ranks transactions by amount, rows of a table by how far their most unusual number lies out. */
export function baseline(
  train: TrainingData,
  holdout: TrainingData,
): { readonly name: string; readonly scored: Table } {
  const { schema, table } = withSyntheticAnomalies(holdout).data;
  const truth = numberColumn(table, schema.label).slice();
  const isTable = schema.table !== undefined;
  const score = isTable ? largestDeviations(train, table) : amounts(table);
  const columns = { truth: { kind: 'number', values: truth }, score: { kind: 'number', values: score } } as const;
  return {
    name: isTable ? 'largest deviation of a number' : 'amount threshold',
    scored: { rowCount: truth.length, columns },
  };
}
