import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import { type History, historyOf, monthlyAmounts, monthsKnown } from '../forecast/history.js';
import {
  DISCRETIONARY_TARGET,
  type EvaluationTarget,
  evaluationTargets,
  readHoldout,
  type TargetPrediction,
  scoredTable,
  TOTAL_TARGET,
  WEEK_TARGET,
  weekShare,
} from './evaluation-targets.js';
import { committedCategories } from '../data/vocabulary.js';

const WINDOW = 12;

/** Whether a category belongs to a target. */
const categoryFilter = (target: string) => {
  if (target === TOTAL_TARGET || target === WEEK_TARGET) return (): boolean => true;
  if (target === DISCRETIONARY_TARGET) return (category: string): boolean => !committedCategories.has(category);
  return (category: string): boolean => target === `category ${category}`;
};

/** Mean of the last twelve months before the origin; null without a known month. */
function recentMean(history: History, { target, origin }: EvaluationTarget): number | null {
  const known = Math.min(WINDOW, monthsKnown(history, origin));
  if (known === 0) return null;
  const wanted = categoryFilter(target);
  const sums = [...history.months.keys()]
    .filter(wanted)
    .map((category) => sum(monthlyAmounts(history, category, origin, known)));
  return sum(sums) / known;
}

/** Target → mean over all customers' `means`, for customers without a known month. */
function typicalMonths(rows: readonly EvaluationTarget[], means: readonly (number | null)[]): Map<string, number> {
  const totals = new Map<string, { total: number; n: number }>();
  rows.forEach(({ horizon, target }, i) => {
    const value = means[i] ?? null;
    if (horizon !== 1 || value === null) return;
    const before = totals.get(target) ?? { total: 0, n: 0 };
    totals.set(target, { total: before.total + value, n: before.n + 1 });
  });
  return new Map([...totals].map(([target, { total, n }]) => [target, total / n]));
}

/**
 * Baseline without a model: each month is forecast as the mean of the last twelve before it, read from the same history
 * as the model's states.
 */
export function baseline(_train: TrainingData, data: TrainingData): { readonly name: string; readonly scored: Table } {
  const holdout = readHoldout(data);
  const targets = evaluationTargets(holdout);
  const customers = new Map([...holdout.customers].map(([customer, rows]) => [customer, historyOf(rows)]));
  const means = targets.map((row) => recentMean(customers.get(row.customer)!, row));
  const typical = typicalMonths(targets, means);
  const predictions = targets.map((row, i): TargetPrediction => {
    const history = customers.get(row.customer)!;
    const month = means[i] ?? typical.get(row.target) ?? 0;
    const value = row.target === WEEK_TARGET ? month * weekShare(row.month) : month;
    const bands = { low80: value, high80: value, low95: value, high95: value };
    const historyMonths = monthsKnown(history, row.origin);
    return { prediction: value, ...bands, historyMonths, scale: 0, lastYear: -1 };
  });
  return { name: `mean of the last ${WINDOW} months`, scored: scoredTable(targets, predictions) };
}
