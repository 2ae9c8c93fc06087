import { rocAuc } from '../../../../learning/evaluation/metrics/index.js';
import { DAY_MS } from '../generator/calendar.js';
import { taskReport, type TaskScorer } from './task-report.js';

/** Days at the end of the history that are left out, because disputes arrive late and their labels are incomplete. */
const unlabelledDays = 30;
const holdoutDays = 90;

/** Ranking of transactions by anomaly. The holdout is the 90 days before the last 30 days of the history. */
export function scoreAnomaly(): TaskScorer {
  const disputed: number[] = [];
  const amounts: number[] = [];
  const fraud: number[] = [];
  let trainRows = 0;
  return {
    add({ rows, truth, end }) {
      const to = end - unlabelledDays * DAY_MS;
      const from = to - holdoutDays * DAY_MS;
      for (const row of rows.transactions) {
        if (row.booked_at < from) trainRows++;
        if (row.booked_at < from || row.booked_at >= to) continue;
        disputed.push(row.disputed_at === null ? 0 : 1);
        amounts.push(Math.abs(row.amount));
        fraud.push(truth.fraud.has(row) ? 1 : 0);
      }
    },
    report: () =>
      taskReport({
        task: 'anomaly',
        metric: 'AUC-ROC against disputes',
        direction: 'higher',
        target: 0.85,
        trivial: { name: 'amount', score: rocAuc(disputed, amounts) },
        oracle: { name: 'true misuse against disputes', score: rocAuc(disputed, fraud) },
        trainRows,
        holdoutRows: disputed.length,
        holdout: '90 days, ending 30 days before the last',
      }),
  };
}
