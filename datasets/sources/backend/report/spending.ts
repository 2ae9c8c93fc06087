import { mean } from '../../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../../learning/numeric/statistics/sum.js';
import type { Truth } from '../generator/customer.js';
import { taskReport, type TaskScorer } from './task-report.js';

const holdoutMonths = 12;
const window = 12;

type MonthlySpending = Truth['spending'];
interface Errors {
  readonly trivial: number;
  readonly oracle: number;
  readonly months: number;
}

/** Mean absolute percentage error of one customer's last months, each forecast one month ahead; null for no spending. */
function errorsOf(spending: MonthlySpending): Errors | null {
  const first = Math.max(window, spending.length - holdoutMonths);
  const scoredMonths = spending.slice(first).filter(({ actual }) => actual > 0);
  if (scoredMonths.length === 0) return null;
  const relativeError = (predicted: number, actual: number): number => Math.abs(predicted - actual) / actual;
  const trivial = scoredMonths.map((month) => {
    const at = spending.indexOf(month);
    return relativeError(mean(spending.slice(at - window, at).map(({ actual }) => actual)), month.actual);
  });
  const oracle = scoredMonths.map(({ expected, actual }) => relativeError(expected, actual));
  return { trivial: mean(trivial), oracle: mean(oracle), months: scoredMonths.length };
}

/** MAPE of the monthly total one month ahead: mean over customers of the mean over their last 12 months. */
export function scoreSpending(): TaskScorer {
  const errors: Errors[] = [];
  let trainRows = 0;
  return {
    add({ truth }) {
      const own = errorsOf(truth.spending);
      trainRows += truth.spending.length - (own?.months ?? 0);
      if (own !== null) errors.push(own);
    },
    report: () =>
      taskReport({
        task: 'spending',
        metric: 'MAPE of the monthly total',
        direction: 'lower',
        target: 0.15,
        trivial: { name: 'mean of the last 12 months', score: mean(errors.map(({ trivial }) => trivial)) },
        oracle: { name: 'expectation given life and season', score: mean(errors.map(({ oracle }) => oracle)) },
        trainRows,
        holdoutRows: sum(errors.map(({ months }) => months)),
        holdout: 'last 12 months, rolling, one month ahead',
      }),
  };
}
