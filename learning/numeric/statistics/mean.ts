import { sum } from './sum.js';

/** Arithmetic mean, summed in order. @param values - (n,).  @param ofNone - mean of no values. @default NaN */
export const mean = (values: ArrayLike<number>, ofNone = Number.NaN): number =>
  values.length === 0 ? ofNone : sum(values) / values.length;
