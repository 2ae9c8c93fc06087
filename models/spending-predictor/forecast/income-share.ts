import { mean } from '../../../learning/numeric/statistics/mean.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';

/** One month of the backtest: what was said without income, by income alone, and what came. */
export interface ShareCase {
  readonly customer: string;
  /** Bills among `base`: no share of the income takes them away. */
  readonly owed: number;
  readonly base: number;
  readonly byIncome: number;
  readonly actual: number;
}

const STEPS = 10;
/** A month of nobody is worse than one of which nothing was said. */
const LARGEST_ERROR = 1;
/** Fewer customers cannot tell the shares apart. */
const FEWEST_CUSTOMERS = 30;

/** A total that takes a share from what income says; bills are paid in any case. */
export const withShare = (base: number, owed: number, byIncome: number, share: number): number =>
  Math.max(owed, (1 - share) * base + share * byIncome);

/** Free parts in proportion, so that with the bills they come to the total that takes a share from income. */
export function shareParts(
  parts: ArrayLike<number>,
  owed: number,
  byIncome: number,
  share: number,
): Float64Array<ArrayBuffer> {
  const values = Float64Array.from(parts);
  if (share === 0) return values;
  const free = values.reduce((sum, value) => sum + value, 0);
  const wanted = withShare(owed + free, owed, byIncome, share) - owed;
  return values.map((value) => (free > 0 ? (value * wanted) / free : wanted / values.length));
}

/** Customer → sum of absolute errors over the sum of amounts, capped. */
function customerErrors(cases: readonly ShareCase[], share: number): number[] {
  const sums = new Map<string, { error: number; size: number }>();
  for (const { customer, base, owed, byIncome, actual } of cases) {
    const sum = sums.get(customer) ?? { error: 0, size: 0 };
    sum.error += Math.abs(withShare(base, owed, byIncome, share) - actual);
    sum.size += actual;
    sums.set(customer, sum);
  }
  return [...sums.values()].map(({ error, size }) => Math.min(LARGEST_ERROR, size > 0 ? error / size : LARGEST_ERROR));
}

/**
 * The part that income gets in the total: the one with the smallest mean error over customers in the rolling backtest, or
 * 0 when it is not better beyond noise, paired over customers.
 * @param cases - one month ahead, each forecast from what was known before it. @returns a multiple of 0.1.
 */
export function chooseShare(cases: readonly ShareCase[]): number {
  const none = customerErrors(cases, 0);
  if (none.length < FEWEST_CUSTOMERS) return 0;
  let best = { share: 0, errors: none };
  for (let step = 1; step <= STEPS; step++) {
    const errors = customerErrors(cases, step / STEPS);
    if (mean(errors) < mean(best.errors)) best = { share: step / STEPS, errors };
  }
  return pairedGain(none, best.errors).sure ? best.share : 0;
}
