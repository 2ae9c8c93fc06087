import type { TrainingData } from '../../../contracts/dataset.js';
import type { Comparison, Evaluation, Metric, Slice } from '../../../contracts/evaluation.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import {
  coverage,
  customerErrors,
  forecastMetrics,
  mapeMetric,
  medianMase,
  oneAhead,
  openScored,
  pairedMape,
  primaryMape,
  type Scored,
  where,
} from './forecast-metrics.js';
import { TOTAL_TARGET } from './evaluation-targets.js';
import { evaluationPlots } from './plots.js';
import { groupBy } from '../../../learning/group-by.js';

/** Metric of gates and comparisons: MAPE of the monthly total, one month ahead. */
export const PRIMARY_METRIC = 'mape';

/** Smallest number of months of a slice. */
const SMALLEST_SLICE = 30;

const historyBands = [
  { name: 'less than 3 months (cold start)', below: 3 },
  { name: '3 to 11 months', below: 12 },
  { name: '12 to 23 months', below: 24 },
  { name: '24 months and more', below: Infinity },
] as const;

/** Name of the slice of a length of history in months. */
export const historyBand = (months: number): string => historyBands.find(({ below }) => months < below)!.name;

function sliceOf(name: string, part: Scored, seed: number): Slice[] {
  if (part.rows.length < SMALLEST_SLICE) return [];
  return [{ name, metrics: [mapeMetric('mape', part, seed), ...coverage('coverage', part)] }];
}

function historySlices(scored: Scored, seed: number): Slice[] {
  const total = oneAhead(scored, TOTAL_TARGET);
  return historyBands.flatMap(({ name }) => {
    const part = where(total, (row) => historyBand(total.historyMonths[row]!) === name);
    return sliceOf(`history: ${name}`, part, seed);
  });
}

function categorySlices(scored: Scored, seed: number): Slice[] {
  const groups = groupBy(
    where(scored, (row) => (scored.targets[row] ?? '').startsWith('category ')).rows,
    (row) => scored.targets[row]!,
  );
  return [...groups].map(([name, rows]) => {
    const part = { ...scored, rows };
    // Months with forecast 0 and actual 0 are left out of the coverage.
    const spent = where(part, (row) => scored.actual[row]! > 0 || scored.prediction[row]! > 0);
    return { name, metrics: [mapeMetric('mape', part, seed), medianMase(part), ...coverage('coverage', spent)] };
  });
}

function notes(scored: Scored): string[] {
  const total = oneAhead(scored, TOTAL_TARGET);
  const { errors, points, skipped } = customerErrors(total);
  return [
    `${points} months of ${errors.size} customers, each forecast on its first day from what was known by then`,
    `${skipped} months below 5 % of the customer's mean month are left out of MAPE`,
    'MAPE of the monthly total: mean over the months of a customer, then over customers; 0.12 is 12 %',
    'single days and most single categories cannot be forecast to 15 %: chance alone is larger than that',
  ];
}

/**
 * MAPE of the monthly total (primary), MAPE of the discretionary total, MAE, RMSE, WAPE, sMAPE, MASE, and coverage.
 * @throws PipelineError `MISSING_COLUMN`.
 */
export function evaluate(table: Table, _holdout: TrainingData, context: ComputeContext): Evaluation {
  const scored = openScored(table);
  return {
    metrics: forecastMetrics(scored, context.seed),
    slices: [...historySlices(scored, context.seed), ...categorySlices(scored, context.seed)],
    plots: evaluationPlots(scored),
    notes: notes(scored),
  };
}

/** @throws PipelineError `MISSING_COLUMN`. */
export const measurePrimary = (table: Table, _holdout: TrainingData, { seed }: ComputeContext): Metric =>
  primaryMape(openScored(table), seed);

/** MAPE of two forecasters on the same customers: bootstrap over customers of the paired difference. */
export function compare(
  challenger: Table,
  other: Table,
  against: Comparison['against'],
  context: ComputeContext,
): Comparison {
  const errorsOf = (table: Table) => customerErrors(oneAhead(openScored(table), TOTAL_TARGET));
  const { ours, theirs, difference, interval, n } = pairedMape(errorsOf(challenger), errorsOf(other), context.seed);
  return { against, metric: PRIMARY_METRIC, challenger: ours, other: theirs, difference, interval, n };
}
