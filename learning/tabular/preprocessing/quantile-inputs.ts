import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import type { Cell, RowInput, RowPredictor } from './preprocessing.js';

/** One request a quantile, so that the sample spans the training range. */
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95] as const;

function quantileCells(table: Table, name: string): Cell[] {
  const column = table.columns[name];
  if (!column || column.kind === 'text') return QUANTILES.map(() => null);
  const known = column.values.filter((value) => Number.isFinite(value)).sort();
  return QUANTILES.map((share) => known[Math.floor(share * (known.length - 1))] ?? null);
}

/**
 * Requests for the smoke test. Their values are quantiles of each feature by itself and categories in turn: no request
 * is a person's row, so an artefact can be copied about freely.
 */
export const quantileInputs = (predictor: RowPredictor, data: TrainingData): RowInput[] =>
  quantileRequests(predictor, data);

/** As {@link quantileInputs}, of the features alone. */
export function quantileRequests({ features }: Pick<RowPredictor, 'features'>, { table }: TrainingData): RowInput[] {
  const columns = features.map((feature) => {
    if (feature.kind === 'numeric') return quantileCells(table, feature.name);
    return QUANTILES.map((_, i) => feature.categories[i % Math.max(1, feature.categories.length)] ?? null);
  });
  const inputs = QUANTILES.map((_, i) =>
    Object.fromEntries(features.map(({ name }, j) => [name, columns[j]?.[i] ?? null])),
  );
  return inputs.filter((input) => Object.values(input).some((cell) => cell !== null));
}
