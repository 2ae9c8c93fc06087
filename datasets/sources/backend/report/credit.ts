import { hashFraction } from '../../../../learning/numeric/hash/murmur.js';
import { rocAuc } from '../../../../learning/evaluation/metrics/index.js';
import type { Truth } from '../generator/customer.js';
import { heldOutShare, judged, splitSalt, type TaskJudge } from './task-report.js';

type Applied = Truth['applications'][number];

/** What stands in the tables on the day of the application, one number each; unknown values count as the middle. */
const singleFeatures: Readonly<Record<string, (applied: Applied) => number>> = {
  'requested amount': ({ application }) => application.requested_amount,
  'declared income': ({ application }) => -(application.declared_monthly_income ?? 0),
  income: ({ evidence }) => -evidence.income,
  'savings rate': ({ evidence }) => -evidence.savingsRate,
  'income variation': ({ evidence }) => evidence.incomeVariation,
  'card utilisation': ({ evidence }) => (Number.isNaN(evidence.utilisation) ? 0.3 : evidence.utilisation),
  'overdrawn months': ({ evidence }) => evidence.overdrawn,
  'late payments': ({ evidence }) => evidence.late + 3 * evidence.missed,
  'debt to income': ({ evidence }) => evidence.debtToIncome,
  'loan to value': ({ evidence }) => (Number.isNaN(evidence.loanToValue) ? 0.9 : evidence.loanToValue),
  'length of history': ({ evidence }) => -evidence.monthsKnown,
};

const labelsOf = (rows: readonly Applied[]): number[] =>
  rows.map(({ application }) => (application.outcome === 'defaulted' ? 1 : 0));

const aucOf = (rows: readonly Applied[], score: (applied: Applied) => number): number =>
  rocAuc(labelsOf(rows), rows.map(score));

/** The feature that ranks the training rows best. */
function bestFeature(train: readonly Applied[]): string {
  const ranked = Object.entries(singleFeatures).map(([name, score]) => ({ name, auc: aucOf(train, score) }));
  return ranked.reduce((best, next) => (next.auc > best.auc ? next : best)).name;
}

/** Ranking of granted applications by risk, on customers who do not occur in training. */
export function judgeCredit(): TaskJudge {
  const labelled: Applied[] = [];
  return {
    add: ({ truth }) =>
      void labelled.push(...truth.applications.filter(({ application }) => application.outcome !== null)),
    report() {
      const isHeld = ({ application }: Applied): boolean => hashFraction(splitSalt, application.user_id) < heldOutShare;
      const train = labelled.filter((applied) => !isHeld(applied));
      const holdout = labelled.filter(isHeld);
      const feature = bestFeature(train);
      return judged({
        task: 'credit',
        metric: 'AUC-ROC',
        direction: 'higher',
        target: 0.8,
        trivial: { name: `best single feature (${feature})`, score: aucOf(holdout, singleFeatures[feature]!) },
        oracle: { name: 'true probability of default', score: aucOf(holdout, ({ probability }) => probability) },
        trainRows: train.length,
        holdoutRows: holdout.length,
        holdout: 'customers',
      });
    },
  };
}
