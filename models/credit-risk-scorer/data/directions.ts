import type { ColumnSpec, FeatureSpec } from '../../../contracts/dataset.js';
import { featureSpec } from '../../../learning/tabular/preprocessing/index.js';

/** Features with which the predicted risk may only rise. */
const raising: readonly string[] = [
  'emiToIncome',
  'loanToValue',
  'debtToIncome',
  'instalmentsToIncome',
  'outstandingToIncome',
  'latePayments',
  'worstDelayDays',
  'daysLateMean',
  'daysLateMaximum',
  'lateCount6Months',
  'missedCount3Months',
  'missedCount6Months',
  'missedCount12Months',
  'overdueCount',
  'overdueAmount',
  'defaultedLoansCount',
  'utilisation',
  'utilisationMean',
  'utilisationMaximum',
  'utilisationShare',
  'overdraftDays',
  'incomeVariation',
  'durationMonths',
  'instalmentRate',
  'lateMonths',
  'worstDelayMonths',
];

/** Features with which the predicted risk may only fall. */
const lowering: readonly string[] = ['onTimeShare', 'creditHistoryMonths', 'customerMonths', 'salaryMonthsShare'];

/** A column as a feature, with its monotone constraint, if any (docs/adr/0062). */
export function asFeature(column: ColumnSpec): FeatureSpec {
  const free = featureSpec(column);
  const { name } = column;
  if (raising.includes(name)) return { ...free, monotone: 1 };
  return lowering.includes(name) ? { ...free, monotone: -1 } : free;
}
