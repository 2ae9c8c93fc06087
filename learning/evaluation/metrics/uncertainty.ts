import { PipelineError } from '../../../contracts/errors.js';
import { type Interval, type Metric, NOT_MEASURABLE } from '../../../contracts/evaluation.js';
import { shareInterval } from './share-interval.js';

/** Fewer rows (customers, texts, rows of the rarer class) do not carry a bootstrap or a normal interval. */
export const FEWEST_RESAMPLED = 5;

/**
 * What a metric says of its uncertainty: an interval, or why there is none. Every metric takes it from here.
 *
 * 1. A proportion has Wilson's interval, and the exact one (Clopper & Pearson 1934) when fewer than ten rows lie on one
 *    side: near 0 and 1 Wilson's covers less than it promises (Brown, Cai & DasGupta 2001, "Interval Estimation for a
 *    Binomial Proportion"). 12 of 12 is 1.000 (0.735 to 1.000).
 * 2. Resampled and normal intervals (bootstrap, DeLong) need at least five rows of the rarer kind, and are left out when
 *    they collapse to a point: a resample of rows that are all alike knows nothing of the rows that were not seen (Efron
 *    & Tibshirani 1993, chapter 13). The remark says so.
 * 3. A metric that no row measures is null and says which rows are missing.
 */
export type Uncertainty = Pick<Metric, 'interval' | 'remark'>;

/** What an interval was drawn from. */
export interface Sample {
  /** Rows, or what was drawn: customers, texts, rows of the rarer class. */
  readonly size: number;
  /** Plural, such as `customers`. @default 'rows' */
  readonly of?: string;
}

/** Rule 2. @param interval - called only when there are enough rows. */
export function resampledUncertainty({ size, of = 'rows' }: Sample, interval: () => Interval): Uncertainty {
  if (size < FEWEST_RESAMPLED) return { remark: `an interval needs at least ${FEWEST_RESAMPLED} ${of}, found ${size}` };
  const found = interval();
  if (found.low < found.high) return { interval: found };
  return { remark: `every resample of the ${size} ${of} gives the same value, which says nothing of other ${of}` };
}

/** A metric that no row measures. @param remark - which rows are missing, as "no customer with a year of history". */
export const notMeasurable = (name: string, direction: Metric['direction'], remark: string): Metric => ({
  name,
  value: null,
  direction,
  n: 0,
  remark,
});

/** The value of a metric that must have one. @throws PipelineError `TOO_FEW_ROWS` with the remark. */
export function measuredValue({ name, value, remark }: Pick<Metric, 'name' | 'value' | 'remark'>): number {
  if (value !== null) return value;
  throw new PipelineError('TOO_FEW_ROWS', `${name} is ${NOT_MEASURABLE}: ${remark ?? 'no row'}`, { metric: name });
}

export interface Proportion {
  readonly name: string;
  readonly hits: number;
  readonly rows: number;
  /** @default 'higher' */
  readonly direction?: Metric['direction'];
  /** The remark when `rows` is 0. */
  readonly none: string;
}

/** A share of rows with its interval (rule 1), null without rows. */
export function proportion({ name, hits, rows, direction = 'higher', none }: Proportion): Metric {
  if (rows === 0) return notMeasurable(name, direction, none);
  return { name, value: hits / rows, direction, n: rows, interval: shareInterval(hits, rows) };
}
