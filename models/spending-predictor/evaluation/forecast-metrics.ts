import type { Interval, Metric } from '../../../contracts/evaluation.js';
import type { Table } from '../../../contracts/table.js';
import {
  intervalCoverage,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  rootMeanSquaredError,
  symmetricPercentageError,
  weightedAbsolutePercentageError,
} from '../../../learning/evaluation/metrics/forecast.js';
import { notMeasurable, quantile, resampledUncertainty } from '../../../learning/evaluation/metrics/index.js';
import { requireAtLeast } from '../../../learning/checks.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { numberColumn, textColumn } from '../../../learning/table.js';
import { DISCRETIONARY_TARGET, TOTAL_TARGET, WEEK_TARGET } from './evaluation-targets.js';
import { groupBy } from '../../../learning/group-by.js';

/** A selection of rows of a scored table, with the table's columns. */
export interface Scored {
  readonly rows: readonly number[];
  readonly customers: readonly (string | null)[];
  readonly months: readonly (string | null)[];
  readonly targets: readonly (string | null)[];
  readonly horizon: Float64Array;
  readonly actual: Float64Array;
  readonly prediction: Float64Array;
  readonly bands: Readonly<Record<'low80' | 'high80' | 'low95' | 'high95', Float64Array>>;
  readonly historyMonths: Float64Array;
  readonly scale: Float64Array;
  readonly lastYear: Float64Array;
}

/** All rows of a scored table. @throws PipelineError `MISSING_COLUMN` when the table is not one of `score`. */
export function openScored(table: Table): Scored {
  const number = (name: string): Float64Array => numberColumn(table, name);
  return {
    rows: [...Array(table.rowCount).keys()],
    customers: textColumn(table, 'customer'),
    months: textColumn(table, 'month'),
    targets: textColumn(table, 'target'),
    horizon: number('horizon'),
    actual: number('truth'),
    prediction: number('prediction'),
    bands: { low80: number('low80'), high80: number('high80'), low95: number('low95'), high95: number('high95') },
    historyMonths: number('historyMonths'),
    scale: number('scale'),
    lastYear: number('lastYear'),
  };
}

/** The rows for which `wanted` is true; columns are shared. */
export const where = (scored: Scored, wanted: (row: number) => boolean): Scored => ({
  ...scored,
  rows: scored.rows.filter(wanted),
});

/** One target, one step ahead. */
export const oneAhead = (scored: Scored, target: string): Scored =>
  where(scored, (row) => scored.targets[row] === target && scored.horizon[row] === 1);

const pick = ({ rows }: Scored, values: ArrayLike<number>): Float64Array =>
  Float64Array.from(rows, (row) => values[row]!);

/** Mean absolute percentage error of each customer. */
export interface CustomerErrors {
  readonly errors: ReadonlyMap<string, number>;
  /** Number of months in the errors. */
  readonly points: number;
  /** Number of months below 5 % of the customer's mean month, which are left out: their percentage error is unbounded. */
  readonly skipped: number;
}

/** MAPE by customer. @param predictions - by row of the table, in place of its own; negative = unknown, left out. */
export function customerErrors(scored: Scored, predictions: ArrayLike<number> = scored.prediction): CustomerErrors {
  const errors = new Map<string, number>();
  let [points, skipped] = [0, 0];
  for (const [customer, rows] of groupBy(scored.rows, (row) => scored.customers[row] ?? '')) {
    const known = rows.filter((row) => predictions[row]! >= 0);
    if (known.length === 0) continue;
    const actual = known.map((row) => scored.actual[row]!);
    const predicted = known.map((row) => predictions[row]!);
    const found = meanAbsolutePercentageError(actual, predicted);
    points += found.points;
    skipped += found.skipped;
    if (found.value !== null) errors.set(customer, found.value);
  }
  return { errors, points, skipped };
}

const RESAMPLES = 1000;

/**
 * Percentile bootstrap of a mean over customers, because the months of one customer are not independent.
 * @param values - at least one.
 */
export function bootstrapMean(values: readonly number[], seed: number): Interval {
  const random = createRandom(seed).fork('customers');
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[random.integer(values.length)]!;
    return total / values.length;
  }).sort();
  const method = `bootstrap percentile over customers, ${RESAMPLES} resamples`;
  return { low: quantile(means, 0.025), high: quantile(means, 0.975), level: 0.95, method };
}

/** MAPE of a target: mean over customers of the mean over their months; null without a month to measure. */
export function mapeMetric(name: string, scored: Scored, seed: number): Metric {
  const { errors, points } = customerErrors(scored);
  const values = [...errors.values()];
  if (values.length === 0) return notMeasurable(name, 'lower', 'no held-out month with spending');
  const customers = { size: values.length, of: 'customers' };
  const uncertainty = resampledUncertainty(customers, () => bootstrapMean(values, seed));
  return { name, value: mean(values), direction: 'lower', n: points, ...uncertainty };
}

/**
 * Paired difference of two MAPEs over their common customers; positive = the first is better.
 * @throws PipelineError `TOO_FEW_ROWS` without a common customer.
 */
export function pairedMape(ours: CustomerErrors, theirs: CustomerErrors, seed: number) {
  const both = [...ours.errors.keys()].filter((customer) => theirs.errors.has(customer));
  requireAtLeast('customers with a month that both forecast', both.length, 1);
  const [first, second] = [both.map((name) => ours.errors.get(name)!), both.map((name) => theirs.errors.get(name)!)];
  const differences = first.map((error, i) => second[i]! - error);
  return {
    ours: mean(first),
    theirs: mean(second),
    difference: mean(differences),
    interval: bootstrapMean(differences, seed),
    n: both.length,
  };
}

/** Median over customers and categories of the mean absolute scaled error; null where none has a scale. */
export function medianMase(scored: Scored): Metric {
  const name = 'medianMase';
  const categories = where(
    scored,
    (row) => (scored.targets[row] ?? '').startsWith('category ') && scored.scale[row]! > 0,
  );
  const groups = groupBy(categories.rows, (row) => `${scored.customers[row] ?? ''} ${scored.targets[row] ?? ''}`);
  const values = [...groups.values()].map((rows) =>
    mean(rows.map((row) => Math.abs(scored.actual[row]! - scored.prediction[row]!) / scored.scale[row]!)),
  );
  if (values.length === 0) return notMeasurable(name, 'lower', 'no category with a history that varies');
  values.sort((a, b) => a - b);
  return { name, value: quantile(values, 0.5), direction: 'lower', n: values.length };
}

/** Shares of actual amounts within the 80 % and the 95 % band; null without rows. @param name - `coverage`. */
export function coverage(name: string, scored: Scored): Metric[] {
  const { low80, high80, low95, high95 } = scored.bands;
  const n = scored.rows.length;
  const share = (level: number, low: Float64Array, high: Float64Array): Metric => {
    if (n === 0) return notMeasurable(`${name}${level}`, 'higher', 'no held-out row of that kind');
    const value = intervalCoverage(pick(scored, scored.actual), pick(scored, low), pick(scored, high));
    return { name: `${name}${level}`, value, direction: 'higher', n };
  };
  return [share(80, low80, high80), share(95, low95, high95)];
}

function sizes(scored: Scored): Metric[] {
  const [actual, prediction] = [pick(scored, scored.actual), pick(scored, scored.prediction)];
  const n = actual.length;
  const lower = (name: string, measure: (actual: Float64Array, forecast: Float64Array) => number | null): Metric => {
    const value = n === 0 ? null : measure(actual, prediction);
    if (value === null) return notMeasurable(name, 'lower', n === 0 ? 'no held-out month' : 'no month with spending');
    return { name, value, direction: 'lower', n };
  };
  return [
    lower('mae', meanAbsoluteError),
    lower('rmse', rootMeanSquaredError),
    lower('wape', weightedAbsolutePercentageError),
    lower('smape', symmetricPercentageError),
  ];
}

/**
 * Comparison with the seasonal naive (the same month a year before): lower end of the 95 % interval of the difference of
 * the MAPEs; above 0 = significantly worse. Null when no customer has a year of history.
 */
function againstSeasonalNaive(total: Scored, seed: number): Metric[] {
  const known = where(total, (row) => total.lastYear[row]! >= 0);
  const name = 'mapeOverSeasonalNaive';
  const [ours, naive] = [customerErrors(known), customerErrors(known, known.lastYear)];
  if (![...ours.errors.keys()].some((customer) => naive.errors.has(customer)))
    return [notMeasurable(name, 'lower', 'no customer with a year of history before the month')];
  const paired = pairedMape(ours, naive, seed);
  return [{ name, value: -paired.interval.high, direction: 'lower', n: paired.n }];
}

/** MAPE of the monthly total, one month ahead. @param scored - all rows of a table of `score`. */
export const primaryMape = (scored: Scored, seed: number): Metric =>
  mapeMetric('mape', oneAhead(scored, TOTAL_TARGET), seed);

/** All metrics, the primary one first. @param scored - all rows of a table of `score`. */
export function forecastMetrics(scored: Scored, seed: number): Metric[] {
  const total = oneAhead(scored, TOTAL_TARGET);
  const weeks = where(scored, (row) => scored.targets[row] === WEEK_TARGET);
  const far = where(scored, (row) => scored.targets[row] === TOTAL_TARGET && scored.horizon[row]! > 1);
  return [
    primaryMape(scored, seed),
    mapeMetric('mapeDiscretionary', oneAhead(scored, DISCRETIONARY_TARGET), seed),
    ...sizes(total),
    medianMase(scored),
    ...againstSeasonalNaive(total, seed),
    ...coverage('coverage', total),
    ...coverage('coverageWeek', weeks),
    ...coverage('coverageAhead', far),
  ];
}
