import { z } from 'zod';
import { dayOfTime, monthOfDay } from '../../../learning/time-series/calendar/index.js';
import { defineForecaster } from '../../../learning/time-series/forecasting/forecaster.js';
import type { ForecasterState, Series } from '../../../learning/time-series/forecasting/index.js';
import { solveByCholesky } from '../../../learning/numeric/matrix/cholesky.js';
import { quantile } from '../../../learning/evaluation/metrics/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';

/** One customer's months: all spending, bills included, beside what came in. */
export interface MonthlyMoney {
  /** Month of the first value. */
  readonly first: number;
  readonly spent: ArrayLike<number>;
  /** Month → what came in. */
  readonly income: ReadonlyMap<number, number>;
  /** Season of the customer's whole spending; 1 = a usual month. */
  readonly factor: (month: number) => number;
}

/** What the months of all customers teach about the next total. */
export const pooledIncome = z.strictObject({
  /** Of the customer's median month, mean income and last income. */
  weights: z.array(z.number()).length(3),
  /** Month, and how much more than usual everybody spent in it, in turn; 1 = usual. */
  effects: z.array(z.number()),
  /** Part of the total that follows it; chosen by backtest, 0 = none. */
  share: z.number().min(0).max(1),
});
export type PooledIncome = z.infer<typeof pooledIncome>;

export const POOLED_INCOME = 'pooled-income';

/** Months of a customer that are looked at. */
const WINDOW = 6;
/** Months that decide a customer's level while the months' effects are estimated. */
const LEVEL_WINDOW = 8;
const ROUNDS = 10;
/** A month's effect is the same for everybody only if it was seen in so many. */
const FEWEST_CUSTOMERS = 50;
/** Months a customer must have been spending before teaching the others. */
const SETTLED = 2;
/** Months of the data before the first one that teaches: until then most customers have just come. */
const FIRST_TAUGHT = 6;
const MOST_TAUGHT = 12;
/** Strength with which the weights are held at the start, the median alone. */
const HELD = 5;
const LARGEST_RATIO = 5;
/** Spending is not measured in less than this share of the income. */
const SMALLEST_SHARE = 0.05;
const SMALLEST_ERROR = 0.02;
const REWEIGHTINGS = 40;

const median = (values: readonly number[]): number =>
  quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );

type Effects = ReadonlyMap<number, number>;

/** Spending of the last months before `at`, seasons and what was unusual for everybody taken out. */
function recentMonths({ first, spent, factor }: MonthlyMoney, at: number, window: number, effects: Effects): number[] {
  const from = Math.max(first, at - window);
  return Array.from(
    { length: Math.max(0, at - from) },
    (_, i) => spent[from + i - first]! / (factor(from + i) * (effects.get(from + i) ?? 1)),
  );
}

/** Spending of everybody settled in a month, over what is usual for them; 1 when too few are. */
function ratioOfSums(known: readonly MonthlyMoney[], levels: readonly number[], month: number): number {
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
 * How much more than usual everybody spent in each month before `at` beyond the seasons, 1 = the median of the last six:
 * ratio of sums over the customers' levels, repeated with the levels cleaned of the effects.
 */
export function monthEffects(customers: readonly MonthlyMoney[], at: number): Map<number, number> {
  const known = customers.filter(({ first }) => first < at - 1);
  const start = known.reduce((least, { first }) => Math.min(least, first), at);
  const months = Array.from({ length: at - start }, (_, i) => start + i);
  let effects = new Map(months.map((month) => [month, 1]));
  if (known.length < FEWEST_CUSTOMERS) return effects;
  for (let round = 0; round < ROUNDS; round++) {
    const levels = known.map((one) => mean(recentMonths(one, at, LEVEL_WINDOW, effects), 0));
    const raw = months.map((month) => ratioOfSums(known, levels, month));
    const usual = median(raw.slice(-WINDOW));
    effects = new Map(months.map((month, i) => [month, raw[i]! / usual]));
  }
  return effects;
}

/** Income of the last months before `at`, none before the first that is known. */
function recentIncome(income: ReadonlyMap<number, number>, at: number): number[] {
  let from = at;
  for (const month of income.keys()) from = Math.min(from, month);
  from = Math.max(from, at - WINDOW);
  return Array.from({ length: at - from }, (_, i) => income.get(from + i) ?? 0);
}

interface Signals {
  /** Over the scale: median of recent months without the effects, mean income, last income. */
  readonly values: readonly number[];
  readonly scale: number;
}

function signalsOf(money: MonthlyMoney, at: number, effects: Effects): Signals | null {
  const spent = recentMonths(money, at, WINDOW, effects);
  if (spent.length === 0) return null;
  const came = recentIncome(money.income, at);
  const scale = Math.max(mean(spent, 0), SMALLEST_SHARE * mean(came, 0));
  if (!(scale > 0)) return null;
  return { values: [median(spent) / scale, mean(came, 0) / scale, (came.at(-1) ?? 0) / scale], scale };
}

/** Least absolute deviations by iteratively reweighted least squares (Schlossmacher 1973), held at the first signal. */
function leastAbsolute(x: readonly (readonly number[])[], y: readonly number[]): number[] {
  const p = x[0]!.length;
  let weights: Float64Array = Float64Array.from({ length: p }, (_, j) => (j === 0 ? 1 : 0));
  for (let round = 0; round < REWEIGHTINGS; round++) {
    const gram = new Float64Array(p * p);
    const moment = new Float64Array(p);
    moment[0] = HELD;
    for (let j = 0; j < p; j++) gram[j * p + j] = HELD;
    x.forEach((row, i) => {
      const error = Math.abs(y[i]! - row.reduce((sum, value, j) => sum + value * weights[j]!, 0));
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
 * Learns from the months before `at` how the customers' next months followed from median month and income. No share yet.
 * Deterministic in the order of customers; O(customers · months).
 */
export function fitPooledIncome(customers: readonly MonthlyMoney[], at: number): PooledIncome {
  const effects = monthEffects(customers, at);
  const start = customers.reduce((least, { first }) => Math.min(least, first), at);
  const [x, y]: [(readonly number[])[], number[]] = [[], []];
  for (let month = Math.max(start + FIRST_TAUGHT, at - MOST_TAUGHT); month < at; month++)
    for (const money of customers) {
      if (money.first > month - SETTLED) continue;
      const signals = signalsOf(money, month, effects);
      if (signals === null) continue;
      const usual = money.factor(month) * (effects.get(month) ?? 1) * signals.scale;
      x.push(signals.values);
      y.push(Math.min(LARGEST_RATIO, money.spent[month - money.first]! / usual));
    }
  const weights = x.length === 0 ? [1, 0, 0] : leastAbsolute(x, y);
  const recent = [...effects].filter(([month]) => month >= at - WINDOW);
  return { weights, effects: recent.flat(), share: 0 };
}

/** A usual month's spending after `at`, as the pooled weights see it; null when no month of the customer is known. */
export function usualByIncome(money: MonthlyMoney, at: number, learned: PooledIncome): number | null {
  const effects = new Map<number, number>();
  for (let i = 0; i < learned.effects.length; i += 2) effects.set(learned.effects[i]!, learned.effects[i + 1]!);
  const signals = signalsOf(money, at, effects);
  if (signals === null) return null;
  return Math.max(0, signals.scale * signals.values.reduce((sum, value, j) => sum + value * learned.weights[j]!, 0));
}

/** The pooled forecast of one customer as a curve that the graph evaluates. @param series - of its months. */
export function pooledIncomeState(
  series: Series,
  money: MonthlyMoney,
  learned: PooledIncome,
  { growth, horizon }: { readonly growth: number; readonly horizon: number },
): ForecasterState | null {
  const at = monthOfDay(dayOfTime(series.start)) + series.values.length;
  const level = usualByIncome(money, at, learned);
  if (level === null) return null;
  const seasons = [
    { mode: 'multiplicative' as const, values: Array.from({ length: horizon }, (_, i) => money.factor(at + i) - 1) },
  ];
  const spread = { sigma: 0, relative: true, level: 0, slope: 0, damping: 1, season: 0, period: 1, bends: 0 };
  const trend = { kind: 'damped' as const, level, slope: (level * growth) / 12, damping: 1 };
  const curve = { trend, seasons, waves: [], scale: 1, log: false, spread };
  return defineForecaster({ name: POOLED_INCOME, minimum: 1, fit: () => ({ curve }) }).fit(series);
}
