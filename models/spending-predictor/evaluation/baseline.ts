import type { TrainingData } from '../../../contracts/dataset.js';
import type { Table } from '../../../contracts/table.js';
import {
  addMovement,
  emptyHistory,
  type History,
  monthlyAmounts,
  monthsKnown,
  dropPartialFirstMonth,
} from '../forecast/history.js';
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
import { readSpending } from '../data/read-table.js';
import { committedCategories } from '../data/vocabulary.js';

const WINDOW = 12;

const categoryFilter = (target: string) => {
  if (target === TOTAL_TARGET || target === WEEK_TARGET) return (): boolean => true;
  if (target === DISCRETIONARY_TARGET) return (category: string): boolean => !committedCategories.has(category);
  return (category: string): boolean => target === `category ${category}`;
};

/** Mean of the last twelve months before the origin; null before any. */
function recentMean(history: History, { target, origin }: EvaluationTarget): number | null {
  const known = Math.min(WINDOW, monthsKnown(history, origin));
  if (known === 0) return null;
  const wanted = categoryFilter(target);
  let sum = 0;
  for (const category of history.months.keys())
    if (wanted(category))
      sum += monthlyAmounts(history, category, origin)
        .slice(-known)
        .reduce((a, b) => a + b, 0);
  return sum / known;
}

function allHistories(train: TrainingData, holdout: ReturnType<typeof readHoldout>): ReadonlyMap<string, History> {
  const customers = new Map(readSpending(train.table).customers);
  for (const [customer, rows] of holdout.customers) {
    const known = customers.get(customer);
    const history = known ?? emptyHistory();
    for (const row of rows) addMovement(history, row);
    if (known === undefined) dropPartialFirstMonth(history);
    customers.set(customer, history);
  }
  return customers;
}

/** Mean month of all customers together, for those of whom nothing is known. */
function typicalMonths(
  customers: ReadonlyMap<string, History>,
  rows: readonly EvaluationTarget[],
): Map<string, number> {
  const sums = new Map<string, { sum: number; n: number }>();
  for (const row of rows) {
    const value = row.horizon === 1 ? recentMean(customers.get(row.customer)!, row) : null;
    if (value === null) continue;
    const before = sums.get(row.target) ?? { sum: 0, n: 0 };
    sums.set(row.target, { sum: before.sum + value, n: before.n + 1 });
  }
  return new Map([...sums].map(([target, { sum, n }]) => [target, sum / n]));
}

/** What one could say without a model: next month costs what the last twelve did on average. */
export function baseline(train: TrainingData, data: TrainingData): { readonly name: string; readonly scored: Table } {
  const holdout = readHoldout(data);
  const rows = evaluationTargets(holdout);
  const customers = allHistories(train, holdout);
  const typical = typicalMonths(customers, rows);
  const said = rows.map((row): TargetPrediction => {
    const history = customers.get(row.customer)!;
    const month = recentMean(history, row) ?? typical.get(row.target) ?? 0;
    const value = row.target === WEEK_TARGET ? month * weekShare(row.month) : month;
    const bands = { low80: value, high80: value, low95: value, high95: value };
    const historyMonths = monthsKnown(history, row.origin);
    return { prediction: value, ...bands, historyMonths, scale: 0, lastYear: -1 };
  });
  return { name: `mean of the last ${WINDOW} months`, scored: scoredTable(rows, said) };
}
