import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { numberColumn } from '../../../learning/table.js';
import { withSyntheticAnomalies } from './synthetic-anomalies.js';

/** Ranks transactions by amount. */
export function baseline(
  _train: TrainingData,
  holdout: TrainingData,
): { readonly name: string; readonly scored: Table } {
  const { schema, table } = withSyntheticAnomalies(holdout).data;
  const truth = numberColumn(table, schema.label).slice();
  const score = numberColumn(table, 'amount').map((amount) => (Number.isNaN(amount) ? 0 : amount));
  const columns = { truth: { kind: 'number', values: truth }, score: { kind: 'number', values: score } } as const;
  return { name: 'amount threshold', scored: { rowCount: truth.length, columns } };
}
