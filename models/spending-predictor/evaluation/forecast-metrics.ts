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
import { quantile } from '../../../learning/evaluation/metrics/index.js';
import { createRandom } from '../../../learning/numeric/random/index.js';
import { mean } from '../../../learning/numeric/statistics/mean.js';
import { numberColumn, textColumn } from '../../../learning/table.js';
import { DISCRETIONARY_TARGET, TOTAL_TARGET, WEEK_TARGET } from './evaluation-targets.js';

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

/** Rows by key, in order of appearance. */
export function groupRows<Key>(scored: Scored, key: (row: number) => Key): Map<Key, number[]> {
  const groups = new Map<Key, number[]>();
  for (const row of scored.rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

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
  for (const [customer, rows] of groupRows(scored, (row) => scored.customers[row] ?? '')) {
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

/** Percentile bootstrap of a mean over customers, because the months of one customer are not independent. */
export function bootstrapMean(values: readonly number[], seed: number): Interval {
  const random = createRandom(seed).fork('customers');
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let total = 0;
    for (let i = 0; i < values.length; i++) total += values[random.integer(values.length)]!;
    return values.length === 0 ? 0 : total / values.length;
  }).sort();
  const method = `bootstrap percentile over customers, ${RESAMPLES} resamples`;
  return { low: quantile(means, 0.025), high: quantile(means, 0.975), level: 0.95, method };
}

/** MAPE of a target: mean over customers of the mean over their months. */
export function mapeMetric(name: string, scored: Scored, seed: number): Metric {
  const { errors, points } = customerErrors(scored);
  const values = [...errors.values()];
  return { name, value: mean(values, 0), direction: 'lower', n: points, interval: bootstrapMean(values, seed) };
}

/** Paired difference of two MAPEs over their common customers; positive = the first is better. */
export function pairedMape(ours: CustomerErrors, theirs: CustomerErrors, seed: number) {
  const both = [...ours.errors.keys()].filter((customer) => theirs.errors.has(customer));
  const [first, second] = [both.map((name) => ours.errors.get(name)!), both.map((name) => theirs.errors.get(name)!)];
  const differences = first.map((error, i) => second[i]! - error);
  return {
    ours: mean(first, 0),
    theirs: mean(second, 0),
    difference: mean(differences, 0),
    interval: bootstrapMean(differences, seed),
    n: both.length,
  };
}

/** Median over customers and categories of the mean absolute scaled error. */
export function medianMase(scored: Scored): { readonly value: number; readonly n: number } {
  const categories = where(
    scored,
    (row) => (scored.targets[row] ?? '').startsWith('category ') && scored.scale[row]! > 0,
  );
  const groups = groupRows(categories, (row) => `${scored.customers[row] ?? ''} ${scored.targets[row] ?? ''}`);
  const values = [...groups.values()].map((rows) =>
    mean(
      rows.map((row) => Math.abs(scored.actual[row]! - scored.prediction[row]!) / scored.scale[row]!),
      0,
    ),
  );
  values.sort((a, b) => a - b);
  return { value: values.length === 0 ? 0 : quantile(values, 0.5), n: values.length };
}

/** Shares of actual amounts within the bands. */
export function coverage(scored: Scored): { readonly of80: number; readonly of95: number; readonly n: number } {
  if (scored.rows.length === 0) return { of80: 0, of95: 0, n: 0 };
  const actual = pick(scored, scored.actual);
  const share = (low: Float64Array, high: Float64Array): number =>
    intervalCoverage(actual, pick(scored, low), pick(scored, high));
  const { low80, high80, low95, high95 } = scored.bands;
  return { of80: share(low80, high80), of95: share(low95, high95), n: scored.rows.length };
}

function sizes(scored: Scored): Metric[] {
  const [actual, prediction] = [pick(scored, scored.actual), pick(scored, scored.prediction)];
  const n = actual.length;
  const lower = (name: string, value: number): Metric => ({ name, value, direction: 'lower', n });
  return [
    lower('mae', meanAbsoluteError(actual, prediction)),
    lower('rmse', rootMeanSquaredError(actual, prediction)),
    lower('wape', weightedAbsolutePercentageError(actual, prediction) ?? 0),
    lower('smape', symmetricPercentageError(actual, prediction)),
  ];
}

/**
 * Comparison with the seasonal naive (the same month a year before): lower end of the 95 % interval of the difference of
 * the MAPEs; above 0 = significantly worse. 0 when no customer has a year of history.
 */
function againstSeasonalNaive(total: Scored, seed: number): Metric[] {
  const known = where(total, (row) => total.lastYear[row]! >= 0);
  const paired = pairedMape(customerErrors(known), customerErrors(known, known.lastYear), seed);
  const name = 'mapeOverSeasonalNaive';
  if (paired.n === 0) return [{ name, value: 0, direction: 'lower', n: 0 }];
  return [{ name, value: -paired.interval.high, direction: 'lower', n: paired.n }];
}

/** All metrics, the primary one first. @param scored - all rows of a table of `score`. */
export function forecastMetrics(scored: Scored, seed: number): Metric[] {
  const total = oneAhead(scored, TOTAL_TARGET);
  const weeks = where(scored, (row) => scored.targets[row] === WEEK_TARGET);
  const far = where(scored, (row) => scored.targets[row] === TOTAL_TARGET && scored.horizon[row]! > 1);
  const mase = medianMase(scored);
  const covers = (name: string, part: Scored): Metric[] => {
    const { of80, of95, n } = coverage(part);
    return [
      { name: `${name}80`, value: of80, direction: 'higher', n },
      { name: `${name}95`, value: of95, direction: 'higher', n },
    ];
  };
  return [
    mapeMetric('mape', total, seed),
    mapeMetric('mapeDiscretionary', oneAhead(scored, DISCRETIONARY_TARGET), seed),
    ...sizes(total),
    { name: 'medianMase', value: mase.value, direction: 'lower', n: mase.n },
    ...againstSeasonalNaive(total, seed),
    ...covers('coverage', total),
    ...covers('coverageWeek', weeks),
    ...covers('coverageAhead', far),
  ];
}
