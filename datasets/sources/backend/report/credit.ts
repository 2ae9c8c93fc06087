import { hashFraction } from '../../../../learning/numeric/hash/murmur.js';
import { rocAuc } from '../../../../learning/evaluation/metrics/index.js';
import type { Truth } from '../generator/customer.js';
import { heldOutShare, taskReport, splitSalt, type TaskScorer } from './task-report.js';

type Application = Truth['applications'][number];

/** Features that the tables contain on the day of the application; unknown values are replaced by a typical one. */
const singleFeatures: Readonly<Record<string, (application: Application) => number>> = {
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

const labelsOf = (rows: readonly Application[]): number[] =>
  rows.map(({ application }) => (application.outcome === 'defaulted' ? 1 : 0));

const aucOf = (rows: readonly Application[], score: (application: Application) => number): number =>
  rocAuc(labelsOf(rows), rows.map(score));

/** Name of the feature with the highest AUC on the training rows. */
function bestFeature(train: readonly Application[]): string {
  const ranked = Object.entries(singleFeatures).map(([name, score]) => ({ name, auc: aucOf(train, score) }));
  return ranked.reduce((best, next) => (next.auc > best.auc ? next : best)).name;
}

/** Ranking of granted applications by default risk. The holdout has customers that do not occur in training. */
export function scoreCredit(): TaskScorer {
  const labelled: Application[] = [];
  return {
    add: ({ truth }) =>
      void labelled.push(...truth.applications.filter(({ application }) => application.outcome !== null)),
    report() {
      const isHeldOut = ({ application }: Application): boolean =>
        hashFraction(splitSalt, application.user_id) < heldOutShare;
      const train = labelled.filter((row) => !isHeldOut(row));
      const holdout = labelled.filter(isHeldOut);
      const feature = bestFeature(train);
      return taskReport({
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
