import type { TrainingData } from '../../../contracts/dataset.js';
import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Table } from '../../../contracts/table.js';
import { isoMonth } from '../../../learning/time-series/calendar/index.js';
import type { Banded, SpendingAnswer } from '../prediction/answer.js';
import {
  type Holdout,
  type EvaluationTarget,
  customerTargets,
  MOST_HORIZON,
  readHoldout,
  requestAt,
  type TargetPrediction,
  scoredTable,
  TOTAL_TARGET,
  DISCRETIONARY_TARGET,
  WEEK_TARGET,
} from './evaluation-targets.js';
import type { SpendingPredictor } from '../prediction/predictor.js';
import type { Movement } from '../forecast/history.js';

const NOTHING: Banded = { mean: 0, low80: 0, high80: 0, low95: 0, high95: 0 };
const point = (mean: number): Banded => ({ mean, low80: mean, high80: mean, low95: mean, high95: mean });

const categoryOf = (target: string): string => target.replace(/^category /, '');

function bandOf(answer: SpendingAnswer, { target, horizon, month }: EvaluationTarget): Banded {
  if (target === WEEK_TARGET) return answer.weekly[horizon - 1]?.total ?? NOTHING;
  const found = answer.monthly.find((entry) => entry.month === isoMonth(month));
  if (found === undefined) return NOTHING;
  if (target === TOTAL_TARGET) return found.total;
  if (target === DISCRETIONARY_TARGET) return point(found.discretionary);
  return found.categories[categoryOf(target)] ?? NOTHING;
}

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
): Promise<{ judged: EvaluationTarget[]; said: TargetPrediction[] }> {
  const judged = customerTargets(customer, rows, holdout);
  const answers = new Map<number, SpendingAnswer>();
  for (const origin of new Set(judged.map((row) => row.origin))) {
    // The first origin looks a year ahead, the others one month.
    const months = answers.size === 0 ? MOST_HORIZON : 1;
    const request = requestAt(customer, rows, origin, months);
    const [answer] = await predictor.predict([request]);
    answers.set(origin, answer!);
  }
  return { judged, said: judged.map((row) => predictionOf(answers.get(row.origin)!, row)) };
}

/**
 * Rolling origin over the holdout through the predictor that serves: on the first day of each whole month it is given
 * what was held out before that day, as a caller would send it, and asked for the month; at the first origin for a year.
 * @throws PipelineError `TOO_FEW_ROWS` when the holdout has no whole month; `MISSING_COLUMN`, `NOT_FINITE`.
 */
export async function score(predictor: SpendingPredictor, data: TrainingData, context: ComputeContext): Promise<Table> {
  const holdout = readHoldout(data);
  const judged: EvaluationTarget[] = [];
  const said: TargetPrediction[] = [];
  let done = 0;
  for (const [customer, rows] of holdout.customers) {
    context.signal.throwIfAborted();
    const scored = await scoreCustomer(predictor, customer, rows, holdout);
    judged.push(...scored.judged);
    said.push(...scored.said);
    context.onProgress({ stage: 'scoring', done: ++done, total: holdout.customers.size });
  }
  return scoredTable(judged, said);
}
