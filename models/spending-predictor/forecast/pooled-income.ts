import { z } from 'zod';
import {
  defineForecaster,
  firstMonthOf,
  type ForecasterState,
  growingCurve,
  type Series,
} from '../../../learning/time-series/forecasting/index.js';
import { solveByCholesky } from '../../../learning/numeric/matrix/cholesky.js';
import { quantile } from '../../../learning/evaluation/metrics/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';

/** One customer's monthly spending, bills included, and income. */
export interface MonthlyCashflow {
  /** Month of the first value. */
  readonly first: number;
  readonly spent: ArrayLike<number>;
  /** Month → income. */
  readonly income: ReadonlyMap<number, number>;
  /** Seasonal factor of the customer's total spending, 1 = no effect. */
  readonly factor: (month: number) => number;
}

/** Regression of the next month's total on recent spending and income, estimated from all customers. */
export const pooledIncome = z.strictObject({
  /** Coefficients of the customer's median month, mean income and last income. */
  weights: z.array(z.number()).length(3),
  /** Alternating month and its common effect on all customers' spending, 1 = none. */
  effects: z.array(z.number()),
  /** Share of this forecast in the total; selected by backtest, 0 = none. */
  share: z.number().min(0).max(1),
});
export type PooledIncome = z.infer<typeof pooledIncome>;

export const POOLED_INCOME = 'pooled-income';

/** Number of recent months from which the features are computed. */
const WINDOW = 6;
/** Number of recent months from which a customer's level is computed while month effects are estimated. */
const LEVEL_WINDOW = 8;
const ROUNDS = 10;
/** Smallest number of customers from which the effect of a month is estimated. */
const FEWEST_CUSTOMERS = 50;
/** Months of history that a customer needs before a month is used as a training example. */
const FEWEST_MONTHS = 2;
/** Months at the beginning of the data that are not used as examples, because most customers are new in them. */
const SKIPPED_MONTHS = 6;
/** Largest number of months that are used as examples. */
const MOST_MONTHS = 12;
/** Weight of the prior: coefficient 1 of the median month, 0 of the incomes. */
const PRIOR_WEIGHT = 5;
/** Limit of the ratio of an example's spending to its scale. */
const LARGEST_RATIO = 5;
/** Smallest scale of a customer's spending as a share of the income. */
const SMALLEST_SHARE = 0.05;
/** Smallest absolute error in the reweighting. */
const SMALLEST_ERROR = 0.02;
const REWEIGHTINGS = 40;

const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

type Effects = ReadonlyMap<number, number>;

/** Spending of the last months before `at`, adjusted for season and month effects. */
function recentMonths(
  { first, spent, factor }: MonthlyCashflow,
  at: number,
  window: number,
  effects: Effects,
): number[] {
  const from = Math.max(first, at - window);
  return Array.from(
    { length: Math.max(0, at - from) },
    (_, i) => spent[from + i - first]! / (factor(from + i) * (effects.get(from + i) ?? 1)),
  );
}

/** Total spending of all customers in a month over their expected total; 1 with too few customers. */
function ratioOfSums(known: readonly MonthlyCashflow[], levels: readonly number[], month: number): number {
  let [spent, usual, count] = [0, 0, 0];
  known.forEach(({ first, spent: values, factor }, i) => {
    if (first >= month || levels[i]! <= 0) return;
    spent += values[month - first]!;
    usual += levels[i]! * factor(month);
    count += 1;
  });
  return count < FEWEST_CUSTOMERS || spent <= 0 ? 1 : spent / usual;
}

/**
 * Common effect of each month before `at` on all customers' seasonally adjusted spending, relative to the median of the
 * last six: ratio of total spending to total level, iterated with the levels adjusted for the effects.
 */
export function monthEffects(customers: readonly MonthlyCashflow[], at: number): Map<number, number> {
  const known = customers.filter(({ first }) => first < at - 1);
  const start = known.reduce((least, { first }) => Math.min(least, first), at);
  const months = Array.from({ length: at - start }, (_, i) => start + i);
  let effects = new Map(months.map((month) => [month, 1]));
  if (known.length < FEWEST_CUSTOMERS) return effects;
  for (let round = 0; round < ROUNDS; round++) {
    const levels = known.map((customer) => mean(recentMonths(customer, at, LEVEL_WINDOW, effects), 0));
    const raw = months.map((month) => ratioOfSums(known, levels, month));
    const usual = median(raw.slice(-WINDOW));
    effects = new Map(months.map((month, i) => [month, raw[i]! / usual]));
  }
  return effects;
}

/** Income of the last months before `at`, from the first known income on. */
function recentIncome(income: ReadonlyMap<number, number>, at: number): number[] {
  let from = at;
  for (const month of income.keys()) from = Math.min(from, month);
  from = Math.max(from, at - WINDOW);
  return Array.from({ length: at - from }, (_, i) => income.get(from + i) ?? 0);
}

interface IncomeFeatures {
  /** (3,) median of the adjusted recent months, mean income and last income, divided by the scale. */
  readonly values: readonly number[];
  /** Mean of the adjusted recent months, at least a share of the mean income. */
  readonly scale: number;
}

/** Features of a customer's month `at`; null without known or positive amounts. */
function incomeFeatures(cashflow: MonthlyCashflow, at: number, effects: Effects): IncomeFeatures | null {
  const spent = recentMonths(cashflow, at, WINDOW, effects);
  if (spent.length === 0) return null;
  const income = recentIncome(cashflow.income, at);
  const scale = Math.max(mean(spent, 0), SMALLEST_SHARE * mean(income, 0));
  if (!(scale > 0)) return null;
  return { values: [median(spent) / scale, mean(income, 0) / scale, (income.at(-1) ?? 0) / scale], scale };
}

const dot = (a: readonly number[], b: ArrayLike<number>): number => sum(a.map((value, j) => value * b[j]!));

/**
 * Least absolute deviations by iteratively reweighted least squares (Schlossmacher 1973), with a ridge prior at
 * coefficient 1 of the first feature and 0 of the others. @param x - (n, p).  @param y - (n,).  @returns (p,).
 */
function leastAbsolute(x: readonly (readonly number[])[], y: readonly number[]): number[] {
  const p = x[0]!.length;
  let weights: Float64Array = Float64Array.from({ length: p }, (_, j) => (j === 0 ? 1 : 0));
  for (let round = 0; round < REWEIGHTINGS; round++) {
    const gram = new Float64Array(p * p);
    const moment = new Float64Array(p);
    moment[0] = PRIOR_WEIGHT;
    for (let j = 0; j < p; j++) gram[j * p + j] = PRIOR_WEIGHT;
    x.forEach((row, i) => {
      const error = Math.abs(y[i]! - dot(row, weights));
      const weight = round === 0 ? 1 : 1 / Math.max(error, SMALLEST_ERROR);
      for (let j = 0; j < p; j++) {
        moment[j]! += weight * row[j]! * y[i]!;
        for (let k = 0; k < p; k++) gram[j * p + k]! += weight * row[j]! * row[k]!;
      }
    });
    weights = solveByCholesky(gram, moment);
  }
  return [...weights];
}

/**
 * Fits the pooled income forecast on the months before `at`; its share is 0 until it is selected by backtest.
 * Deterministic given the order of customers; O(customers · months).
 */
export function fitPooledIncome(customers: readonly MonthlyCashflow[], at: number): PooledIncome {
  const effects = monthEffects(customers, at);
  const start = customers.reduce((least, { first }) => Math.min(least, first), at);
  const [x, y]: [(readonly number[])[], number[]] = [[], []];
  for (let month = Math.max(start + SKIPPED_MONTHS, at - MOST_MONTHS); month < at; month++)
    for (const cashflow of customers) {
      if (cashflow.first > month - FEWEST_MONTHS) continue;
      const features = incomeFeatures(cashflow, month, effects);
      if (features === null) continue;
      const unit = cashflow.factor(month) * (effects.get(month) ?? 1) * features.scale;
      x.push(features.values);
      y.push(Math.min(LARGEST_RATIO, cashflow.spent[month - cashflow.first]! / unit));
    }
  const weights = x.length === 0 ? [1, 0, 0] : leastAbsolute(x, y);
  const recent = [...effects].filter(([month]) => month >= at - WINDOW);
  return { weights, effects: recent.flat(), share: 0 };
}

/** Expected spending of a month without seasonal effect from `at` on, ≥ 0; null without known amounts. */
export function expectedByIncome(cashflow: MonthlyCashflow, at: number, learned: PooledIncome): number | null {
  const effects = new Map<number, number>();
  for (let i = 0; i < learned.effects.length; i += 2) effects.set(learned.effects[i]!, learned.effects[i + 1]!);
  const features = incomeFeatures(cashflow, at, effects);
  return features === null ? null : Math.max(0, features.scale * dot(features.values, learned.weights));
}

/**
 * The income forecast of one customer as a forecaster state; null without known amounts.
 * @param series - the customer's monthly totals.  @param settings - yearly log growth, and months of the seasonal table.
 */
export function pooledIncomeState(
  series: Series,
  cashflow: MonthlyCashflow,
  learned: PooledIncome,
  settings: { readonly growth: number; readonly horizon: number },
): ForecasterState | null {
  const at = firstMonthOf(series) + series.values.length;
  const level = expectedByIncome(cashflow, at, learned);
  if (level === null) return null;
  const shares = Array.from({ length: settings.horizon }, (_, i) => cashflow.factor(at + i) - 1);
  const curve = growingCurve(level, settings.growth, [{ mode: 'multiplicative', values: shares }]);
  return defineForecaster({ name: POOLED_INCOME, minimum: 1, fit: () => ({ curve }) }).fit(series);
}
