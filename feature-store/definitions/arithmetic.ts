/** Quotient, NaN where the denominator is not positive: a share of nothing is unknown, not infinite. */
export const ratio = (numerator: number, denominator: number): number =>
  denominator > 0 ? numerator / denominator : Number.NaN;

export function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}

/** NaN for no values. */
export const mean = (values: ArrayLike<number>): number => ratio(sum(values), values.length);

/** Population standard deviation over mean; NaN for fewer than two values or a mean that is not positive. */
export function variation(values: ArrayLike<number>): number {
  if (values.length < 2) return Number.NaN;
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i]! - centre) ** 2;
  return ratio(Math.sqrt(squares / values.length), centre);
}

/** Largest value, NaN for none. */
export const maximum = (values: readonly number[]): number =>
  values.length === 0 ? Number.NaN : values.reduce((best, value) => (value > best ? value : best));
