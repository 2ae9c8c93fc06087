import { poolAdjacentViolators } from '../../evaluation/calibration/isotonic.js';
import { mean } from '../../numeric/statistics/mean.js';
import { sum } from '../../numeric/statistics/sum.js';

/** Absolute errors of the forecasts of several origins: (origins,) of (horizon,), NaN = unknown. */
export type ErrorSizes = readonly ArrayLike<number>[];

/** Least size of an error, so that a band never divides by 0. */
const LEAST_SIZE = 1e-9;

interface StepMean {
  readonly value: number;
  readonly count: number;
}

function stepMeans(sizes: ErrorSizes, horizon: number): StepMean[] {
  const known = Array.from({ length: horizon }, (_, step) =>
    sizes.map((own) => own[step]!).filter((size) => !Number.isNaN(size)),
  );
  const usual = mean(known.flat(), 0);
  return known.map((own) => ({ value: mean(own, usual), count: Math.max(1, own.length) }));
}

/** The nearest values that do not fall with the step. */
function rising(means: readonly StepMean[]): number[] {
  const blocks = poolAdjacentViolators(
    means.map(({ value }) => value),
    means.map(({ count }) => count),
  );
  return blocks.flatMap(({ value, from, to }) => Array<number>(to - from + 1).fill(value));
}

/** Mean of each value and its two neighbours. */
const smoothed = (values: readonly number[]): number[] =>
  values.map((_, i) => {
    const near = values.slice(Math.max(0, i - 1), i + 2);
    return sum(near) / near.length;
  });

/**
 * Mean size of the errors at each step. It does not fall with the horizon, except within a cycle that all origins begin at
 * the same place of: forecasts of a night are nearer than those of the evening before, so only steps a cycle apart are
 * compared, and neighbours are averaged.
 * @param cycle - steps of the cycle; 1 without one.  @returns (horizon,) > 0.
 */
export function sizeByStep(sizes: ErrorSizes, horizon: number, cycle: number): Float64Array {
  const means = stepMeans(sizes, horizon);
  const result = new Array<number>(horizon);
  for (let phase = 0; phase < Math.min(cycle, horizon); phase++)
    rising(means.filter((_, step) => step % cycle === phase)).forEach(
      (value, i) => (result[phase + i * cycle] = value),
    );
  return Float64Array.from(cycle > 1 ? smoothed(result) : result, (value) => Math.max(value, LEAST_SIZE));
}

/**
 * The same for each origin from the errors of the others: an origin's own errors would make it look too near.
 * @returns (origins,) of (horizon,); with a single origin its own.
 */
export const sizeByStepWithout = (sizes: ErrorSizes, horizon: number, cycle: number): Float64Array[] =>
  sizes.map((_, left) => sizeByStep(sizes.length > 1 ? sizes.filter((__, i) => i !== left) : sizes, horizon, cycle));
