import type { Truth } from '../generator/customer.js';
import { judged, type TaskJudge } from './task-report.js';

const holdoutMonths = 12;
const window = 12;

type MonthlySpending = Truth['spending'];
interface Errors {
  readonly trivial: number;
  readonly oracle: number;
  readonly months: number;
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Mean absolute percentage error of one customer's last months, each forecast from what was known the month before. */
function errorsOf(spending: MonthlySpending): Errors | null {
  const first = Math.max(window, spending.length - holdoutMonths);
  const judgedMonths = spending.slice(first).filter(({ actual }) => actual > 0);
  if (judgedMonths.length === 0) return null;
  const offset = (predicted: number, actual: number): number => Math.abs(predicted - actual) / actual;
  const trivial = judgedMonths.map((month) => {
    const at = spending.indexOf(month);
    return offset(mean(spending.slice(at - window, at).map(({ actual }) => actual)), month.actual);
  });
  const oracle = judgedMonths.map(({ expected, actual }) => offset(expected, actual));
  return { trivial: mean(trivial), oracle: mean(oracle), months: judgedMonths.length };
}

/** Percentage error of the monthly total, one month ahead, mean over customers of the mean over their last 12 months. */
export function judgeSpending(): TaskJudge {
  const errors: Errors[] = [];
  let trainRows = 0;
  return {
    add({ truth }) {
      const found = errorsOf(truth.spending);
      trainRows += truth.spending.length - (found?.months ?? 0);
      if (found !== null) errors.push(found);
    },
    report: () =>
      judged({
        task: 'spending',
        metric: 'MAPE of the monthly total',
        direction: 'lower',
        target: 0.15,
        trivial: { name: 'mean of the last 12 months', score: mean(errors.map(({ trivial }) => trivial)) },
        oracle: { name: 'expectation given life and season', score: mean(errors.map(({ oracle }) => oracle)) },
        trainRows,
        holdoutRows: errors.reduce((sum, { months }) => sum + months, 0),
        holdout: 'last 12 months, rolling, one month ahead',
      }),
  };
}
