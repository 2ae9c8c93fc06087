import type { TrainingData } from '../../../contracts/dataset.js';
import { quantileRequests } from '../../../learning/tabular/preprocessing/index.js';
import { numberColumn } from '../../../learning/table.js';
import type { AnomalyPredictor } from '../prediction/predictor.js';
import type { AnomalyRequest } from '../prediction/request.js';

/** One request a quantile, so that the sample spans the training range. */
const QUANTILES = [0.05, 0.25, 0.5, 0.75, 0.95, 0.99] as const;

function quantiles(values: Float64Array): (number | null)[] {
  const known = values.filter((value) => Number.isFinite(value)).sort();
  return QUANTILES.map((share) => known[Math.floor(share * (known.length - 1))] ?? null);
}

/** Invented, and the same for ever: a night's payment of a customer who buys groceries by day. */
const withHistory = (category: string | null): AnomalyRequest => ({
  bookedAt: '2026-10-31T03:12:00+05:30',
  amount: -9000,
  counterparty: 'a shop never seen',
  category,
  history: [3, 9, 16, 24].map((day) => ({
    bookedAt: `2026-10-${String(day).padStart(2, '0')}T18:05:00+05:30`,
    amount: -1000,
    counterparty: 'the shop around the corner',
    category,
  })),
  counterpartyHistory: [{ bookedAt: '2026-10-20T12:00:00+05:30', misuseKnownAt: null }],
});

/**
 * Requests for the smoke test. Values are quantiles of each feature by itself and categories in turn: no request is a
 * person's row, so an artefact can be copied about freely.
 */
export function sampleInputs(predictor: AnomalyPredictor, data: TrainingData): unknown[] {
  if (predictor.table !== null) return quantileRequests(predictor.table, data);
  const { encoding } = predictor;
  const { table } = data;
  const { numbers, categories } = encoding;
  const columns = numbers.map((name) => quantiles(numberColumn(table, name)));
  const inputs = QUANTILES.map((_, i) => ({
    features: Object.fromEntries(numbers.map((name, j) => [name, columns[j]![i] ?? null])),
    category: categories[i % Math.max(1, categories.length)] ?? null,
  }));
  const hasValue = ({ features }: (typeof inputs)[number]): boolean =>
    Object.values(features).some((value) => value !== null);
  return [...inputs.filter(hasValue), withHistory(categories[0] ?? null)];
}
