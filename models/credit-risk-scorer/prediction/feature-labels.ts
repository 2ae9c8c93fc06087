import type { TableSchema } from '../../../contracts/table-schema.js';
import type { Cell } from '../../../learning/tabular/preprocessing/index.js';
import { labelsOfTable } from '../../../learning/tabular/table-format/index.js';
import { germanLabels } from '../data/formats/german-labels.js';
import type { Unit, FeatureLabel } from './feature-label.js';

const named = (unit: Unit, labels: Readonly<Record<string, string>>): [string, FeatureLabel][] =>
  Object.entries(labels).map(([name, label]) => [name, { label, unit }]);

const money = named('INR', {
  requestedAmount: 'Amount asked for',
  declaredMonthlyIncome: 'Declared monthly income',
  collateralValue: 'Value of the collateral',
  monthlyIncome: 'Monthly income',
  bankBalance: 'Bank balance',
  monthlyDebtPayments: 'Instalments already owed a month',
  balanceLatest: 'Latest account balance',
  balanceMean: 'Average account balance of the last 90 days',
  balanceMinimum: 'Lowest account balance of the last 90 days',
  incomeMonthlyMean: 'Average monthly income of the last year',
  inflowMonthlyMean: 'Money received in an average month',
  spendingMonthlyMean: 'Average monthly spending of the last year',
  creditLimit: 'Credit limit of all cards',
  outstandingPrincipal: 'Principal still owed on loans',
  monthlyInstalments: 'Monthly instalments of running loans',
  overdueAmount: 'Instalments due and not paid yet',
});

const shares = named('share', {
  loanToValue: 'Amount asked for as a share of the collateral',
  emiToIncome: 'Instalment as a share of declared income',
  debtToIncome: 'Instalments as a share of income',
  utilisationShare: 'Used share of the card limit',
  utilisation: 'Used share of the card limits',
  utilisationMean: 'Average used share of the card limits',
  utilisationMaximum: 'Highest used share of the card limits',
  incomeMonthsShare: 'Share of months with an income',
  salaryMonthsShare: 'Share of the last six months with a salary',
  essentialShare: 'Share of spending on essentials',
  discretionaryShare: 'Share of spending on extras',
  debtServiceShare: 'Share of spending on instalments',
  feeShare: 'Share of spending on fees and interest',
  cashShare: 'Share of spending in cash',
  onTimeShare: 'Share of instalments paid on time',
  securedShare: 'Share of debt that is secured',
  instalmentsToIncome: 'Instalments of running loans as a share of income',
  savingsRate: 'Share of income that is saved',
  incomeTrend: 'Change of income in the last three months',
  spendingTrend: 'Change of spending in the last three months',
  incomeVariation: 'Fluctuation of the monthly income',
  spendingVariation: 'Fluctuation of the monthly spending',
  billToLimit: 'Latest bill as a share of the limit',
  billToLimitMean: 'Average bill as a share of the limit',
  billToLimitMaximum: 'Highest bill as a share of the limit',
  paidShareLatest: 'Share of the previous bill that was paid',
  paidShareMean: 'Average share of a bill that was paid',
  paymentToLimit: 'Average payment as a share of the limit',
});

const counts = named('count', {
  openLoans: 'Loans open at the application',
  latePayments: 'Instalments paid late in the last year',
  transactionsMonthlyMean: 'Transactions in an average month',
  merchantsCount: 'Different merchants paid in the last year',
  disputesCount: 'Disputed transactions of the last year',
  accountsCount: 'Accounts held',
  applications3Months: 'Credit applications of the last three months',
  applications6Months: 'Credit applications of the last six months',
  applications12Months: 'Credit applications of the last year',
  declinedApplications: 'Earlier applications that were declined',
  cardsCount: 'Credit cards held',
  feesCount6Months: 'Fees charged in the last six months',
  loansCount: 'Loans ever granted',
  activeLoansCount: 'Running loans',
  repaidLoansCount: 'Loans repaid in full',
  defaultedLoansCount: 'Earlier loans that defaulted',
  instalmentsCount: 'Instalments that fell due so far',
  lateCount6Months: 'Instalments paid late in the last six months',
  missedCount3Months: 'Instalments missed in the last three months',
  missedCount6Months: 'Instalments missed in the last six months',
  missedCount12Months: 'Instalments missed in the last year',
  overdueCount: 'Instalments overdue now',
  lateMonths: 'Months with a late payment',
  existingCredits: 'Credits at this bank',
  dependants: 'People to be maintained',
});

const spans = [
  ...named('days', {
    worstDelayDays: 'Longest delay of the last year',
    overdraftDays: 'Days with an overdrawn account',
    daysSinceLastTransaction: 'Time since the last transaction',
    daysSinceLastApplication: 'Time since the last application',
    daysLateMean: 'Average delay of instalments',
    daysLateMaximum: 'Longest delay of an instalment',
  }),
  ...named('months', {
    termMonths: 'Term of the loan',
    creditHistoryMonths: 'Length of the credit history',
    balanceToSpending: 'Spending that the average balance would cover',
    monthsOfHistory: 'Length of the account history',
    customerMonths: 'Time as a customer',
    outstandingToIncome: 'Debt in months of income',
    monthsSinceLastLoan: 'Time since the last loan',
    durationMonths: 'Term of the credit',
    worstDelayMonths: 'Longest delay of the last six months',
  }),
  ...named('years', { ageYears: 'Age', X5: 'Age' }),
];

const MONTHS = ['September', 'August', 'July', 'June', 'May', 'April'];
const taiwan: [string, FeatureLabel][] = [
  ['X1', { label: 'Credit limit', unit: 'TWD' }],
  ['X3', { label: 'Education (code)', unit: 'plain' }],
  ...MONTHS.flatMap((month, i): [string, FeatureLabel][] => [
    [`X${6 + i}`, { label: `Repayment status in ${month} (months late)`, unit: 'plain' }],
    [`X${12 + i}`, { label: `Bill of ${month}`, unit: 'TWD' }],
    [`X${18 + i}`, { label: `Payment in ${month}`, unit: 'TWD' }],
  ]),
];

const categories: [string, FeatureLabel][] = [
  ['kind', { label: 'Kind of loan', unit: 'plain', values: { card_emi: 'instalments on a card' } }],
  ['employment', { label: 'Employment', unit: 'plain', values: { self_employed: 'self-employed' } }],
];

const known = new Map<string, FeatureLabel>([
  ...[money, shares, counts, spans, taiwan, categories].flat(),
  ...Object.entries(germanLabels),
]);

/** Label of a feature without an entry: `spendingMonthlyMean` → "Spending monthly mean". */
function fromName(name: string): string {
  const words = name.replace(/([a-z])([A-Z0-9])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Label and unit of a feature of a fixed layout. */
export const featureLabelOf = (name: string): FeatureLabel =>
  known.get(name) ?? { label: fromName(name), unit: 'plain' };

const units: Readonly<Record<Unit, string>> = {
  INR: ' in INR',
  TWD: ' in TWD',
  DM: ' in DM',
  share: '; 1 = all (100 %)',
  ratio: '',
  count: '',
  days: ' in days',
  months: ' in months',
  years: ' in years',
  plain: '',
};

/** Finds the label of a feature. */
export type LabelOf = (name: string) => FeatureLabel;

/**
 * The labels of a line. A table of any layout has those of its schema: a column that is called as one of ours may mean
 * something else.
 */
export function labelsFor(table: TableSchema | null | undefined): LabelOf {
  if (table === null || table === undefined) return featureLabelOf;
  const labels = labelsOfTable(table);
  return (name) => ({ label: labels.get(name) ?? name, unit: 'plain' });
}

/** Label of a request's field, with its unit. */
export function describeField(name: string, labelOf: LabelOf = featureLabelOf): string {
  const { label, unit } = labelOf(name);
  return `${label}${units[unit]}`;
}

/** At most two decimals, thousands separated. */
const plain = (value: number, digits = 2): string =>
  (Math.round(value * 10 ** digits) / 10 ** digits).toLocaleString('en-US', { maximumFractionDigits: digits });

const counted = (value: number, unit: string): string =>
  `${plain(value, 1)} ${plain(value, 1) === '1' ? unit.slice(0, -1) : unit}`;

function formatNumber(value: number, unit: Unit): string {
  if (unit === 'INR' || unit === 'TWD' || unit === 'DM') return `${unit} ${plain(value, 0)}`;
  if (unit === 'share') return `${plain(100 * value, 1)} %`;
  if (unit === 'days' || unit === 'months' || unit === 'years') return counted(value, unit);
  return plain(value, unit === 'count' ? 1 : 2);
}

/** A value with its unit, or the label of a code. */
export function formatCell(name: string, cell: Cell, labelOf: LabelOf = featureLabelOf): string {
  const { unit, values } = labelOf(name);
  if (typeof cell === 'number') return formatNumber(cell, unit);
  return values?.[cell ?? ''] ?? String(cell).replaceAll('_', ' ');
}
