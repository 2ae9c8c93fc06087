import { mean } from '../../learning/numeric/statistics/mean.js';

/** Quotient; NaN where the denominator is not positive, because a share of nothing is unknown. */
export const ratio = (numerator: number, denominator: number): number =>
  denominator > 0 ? numerator / denominator : Number.NaN;

/** Coefficient of variation: population standard deviation over mean; NaN for n < 2 or a mean that is not positive. */
export function variation(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return ratio(Math.sqrt(squares / values.length), centre);
}

/** Largest value; NaN for an empty array. */
export const maximum = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((best, value) => (value > best ? value : best));
