import type { FeatureSpec, TrainingData } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { Column, Table } from '../../contracts/table.js';
import { binaryTable } from './binary-classification.js';
import { rocAuc } from './metrics/index.js';
import { mean } from '../numeric/statistics/mean.js';
import { numberColumn, selectRows } from '../table.js';
import { labelledRows } from '../tabular/labelled-rows.js';

/** Pseudo-rows of the overall rate that a category's own rate starts from, so that rare ones say little. */
const PRIOR_ROWS = 10;

/** Share of label 1 in each category of training, shrunk towards the overall share. */
function categoryRates(column: Column & { kind: 'text' }, labels: Float64Array): (category: string | null) => number {
  const overall = mean(labels, 0);
  const sums = new Map<string | null, { positives: number; n: number }>();
  column.values.forEach((category, row) => {
    const { positives, n } = sums.get(category) ?? { positives: 0, n: 0 };
    sums.set(category, { positives: positives + labels[row]!, n: n + 1 });
  });
  return (category) => {
    const { positives, n } = sums.get(category) ?? { positives: 0, n: 0 };
    return (positives + PRIOR_ROWS * overall) / (n + PRIOR_ROWS);
  };
}

/** A feature as numbers on training and holdout; a missing number stands in the middle of the known ones. */
function asNumbers(train: Column, holdout: Column, labels: Float64Array): [Float64Array, Float64Array] | null {
  if (train.kind === 'text') {
    if (holdout.kind !== 'text') return null;
    const rate = categoryRates(train, labels);
    return [Float64Array.from(train.values, rate), Float64Array.from(holdout.values, rate)];
  }
  if (holdout.kind === 'text') return null;
  const known = train.values.filter((value) => Number.isFinite(value)).sort();
  if (known.length === 0) return null;
  const middle = known[known.length >> 1]!;
  const fill = (value: number): number => (Number.isFinite(value) ? value : middle);
  return [train.values.map(fill), holdout.values.map(fill)];
}

interface Candidate {
  readonly name: string;
  /** AUC on the training rows in the better direction. */
  readonly auc: number;
  readonly rising: boolean;
  readonly train: Float64Array;
  readonly holdout: Float64Array;
}

/** The rows whose label is known: the others cannot be ranked against anything. */
const known = (data: TrainingData): TrainingData => ({ ...data, table: selectRows(data.table, labelledRows(data)) });

function candidate({ name }: FeatureSpec, train: TrainingData, holdout: TrainingData): Candidate | null {
  const [seen, held] = [train.table.columns[name], holdout.table.columns[name]];
  if (!seen || !held) return null;
  const labels = numberColumn(train.table, train.schema.label);
  const numbers = asNumbers(seen, held, labels);
  if (!numbers) return null;
  const auc = rocAuc(labels, numbers[0]);
  return { name, auc: Math.max(auc, 1 - auc), rising: auc >= 0.5, train: numbers[0], holdout: numbers[1] };
}

/** Share of the sorted values below x, ties counted half: brings any feature to 0 … 1 without changing its order. */
function rankAmong(sorted: Float64Array, x: number): number {
  const firstNotBelow = (limit: (value: number) => boolean): number => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (limit(sorted[middle]!)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const below = firstNotBelow((value) => value < x);
  const notAbove = firstNotBelow((value) => value <= x);
  return (below + notAbove) / 2 / sorted.length;
}

/**
 * A baseline of binary classification: ranks rows by the single feature with the best AUC on the training rows, in the
 * direction it had there. Its `probability` is that rank (0 to 1), not a calibrated probability.
 * @throws PipelineError `SINGLE_CLASS`; `MISSING_COLUMN` when no feature holds a value.
 */
export function bestSingleFeature(
  given: TrainingData,
  holdout: TrainingData,
): { readonly name: string; readonly scored: Table } {
  const train = known(given);
  const found = train.schema.features.map((feature) => candidate(feature, train, holdout)).filter((c) => c !== null);
  const [first, ...others] = found;
  if (!first) throw new PipelineError('MISSING_COLUMN', 'no feature holds a value to rank by');
  const best = others.reduce((a, b) => (b.auc > a.auc ? b : a), first);
  const sorted = best.train.slice().sort();
  const ranks = best.holdout.map((x) => (best.rising ? rankAmong(sorted, x) : 1 - rankAmong(sorted, x)));
  return { name: `best single feature: ${best.name}`, scored: binaryTable(holdout, ranks) };
}
