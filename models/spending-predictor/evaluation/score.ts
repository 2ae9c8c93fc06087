import type { TrainingData } from '../../../contracts/dataset.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { isoMonth } from '../../../learning/time-series/calendar/index.js';
import type { Banded, SpendingAnswer } from '../prediction/answer.js';
import {
  customerTargets,
  DISCRETIONARY_TARGET,
  type EvaluationTarget,
  type Holdout,
  MOST_HORIZON,
  readHoldout,
  requestAt,
  scoredTable,
  type TargetPrediction,
  TOTAL_TARGET,
  WEEK_TARGET,
} from './evaluation-targets.js';
import type { SpendingPredictor } from '../prediction/predictor.js';
import type { Movement } from '../forecast/history.js';

/** Forecast of a category or month that is not in the answer. */
const ZERO: Banded = { mean: 0, low80: 0, high80: 0, low95: 0, high95: 0 };
/** A forecast without bands. */
const point = (mean: number): Banded => ({ mean, low80: mean, high80: mean, low95: mean, high95: mean });

const categoryOf = (target: string): string => target.replace(/^category /, '');

function bandOf(answer: SpendingAnswer, { target, horizon, month }: EvaluationTarget): Banded {
  if (target === WEEK_TARGET) return answer.weekly[horizon - 1]?.total ?? ZERO;
  const found = answer.monthly.find((entry) => entry.month === isoMonth(month));
  if (found === undefined) return ZERO;
  if (target === TOTAL_TARGET) return found.total;
  if (target === DISCRETIONARY_TARGET) return point(found.discretionary);
  return found.categories[categoryOf(target)] ?? ZERO;
}

/** Forecast of a target in an answer. */
function predictionOf(answer: SpendingAnswer, row: EvaluationTarget): TargetPrediction {
  const { mean, ...bands } = bandOf(answer, row);
  const scale = answer.monthToMonth[categoryOf(row.target)] ?? 0;
  const lastYear = answer.monthly[row.horizon - 1]?.lastYear ?? -1;
  const { historyMonths } = answer;
  return { prediction: mean, ...bands, historyMonths, scale, lastYear: row.target === TOTAL_TARGET ? lastYear : -1 };
}

async function scoreCustomer(
  predictor: SpendingPredictor,
  customer: string,
  rows: readonly Movement[],
  holdout: Holdout,
): Promise<{ targets: EvaluationTarget[]; predictions: TargetPrediction[] }> {
  const targets = customerTargets(customer, rows, holdout);
  const answers = new Map<number, SpendingAnswer>();
  for (const origin of new Set(targets.map((target) => target.origin))) {
    // The horizon is a year at the first origin and one month at the others.
    const months = answers.size === 0 ? MOST_HORIZON : 1;
    const request = requestAt(customer, rows, origin, months);
    const [answer] = await predictor.predict([request]);
    answers.set(origin, answer!);
  }
  return { targets, predictions: targets.map((target) => predictionOf(answers.get(target.origin)!, target)) };
}

/**
 * Rolling-origin evaluation of the serving predictor on a part of the holdout: on the first day of each complete month it
 * receives the customer's state of that day, from all rows before, and forecasts the month; at the first origin a year.
 * @param data - with the history of its customers; without one they are new at the beginning of the part.
 * @throws PipelineError `TOO_FEW_ROWS` when the holdout has no complete month; `MISSING_COLUMN`, `NOT_FINITE`.
 */
export async function score(predictor: SpendingPredictor, data: TrainingData, context: ComputeContext): Promise<Table> {
  const holdout = readHoldout(data);
  const targets: EvaluationTarget[] = [];
  const predictions: TargetPrediction[] = [];
  let done = 0;
  for (const [customer, rows] of holdout.customers) {
    context.signal.throwIfAborted();
    const scored = await scoreCustomer(predictor, customer, rows, holdout);
    targets.push(...scored.targets);
    predictions.push(...scored.predictions);
    context.onProgress({ stage: 'scoring', done: ++done, total: holdout.customers.size });
  }
  return scoredTable(targets, predictions);
}
