import { mean } from '../../../learning/numeric/statistics/mean.js';
import { pairedGain } from '../../../learning/numeric/statistics/paired-gain.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';

/** One month of the backtest: forecasts of the total without income and by income, and the actual total. */
export interface ShareCase {
  readonly customer: string;
  /** Expected bills, part of `base`. */
  readonly owed: number;
  /** Forecast without income. */
  readonly base: number;
  readonly byIncome: number;
  readonly actual: number;
}

/** Number of shares above 0 that are compared. */
const STEPS = 10;
/** Limit of a customer's relative error, that of a forecast of 0. */
const LARGEST_ERROR = 1;
/** Smallest number of customers from which the share is estimated. */
const FEWEST_CUSTOMERS = 30;

/** Weighted mean of the forecasts without and by income, at least the expected bills. */
export const totalWithShare = (base: number, owed: number, byIncome: number, share: number): number =>
  Math.max(owed, (1 - share) * base + share * byIncome);

/**
 * Free spending by category, rescaled so that with the bills it adds up to `totalWithShare`.
 * @param parts - (categories,) free spending.  @param owed - expected bills.  @returns (categories,).
 */
export function rescaleParts(
  parts: ArrayLike<number>,
  owed: number,
  byIncome: number,
  share: number,
): Float64Array<ArrayBuffer> {
  const values = Float64Array.from(parts);
  if (share === 0) return values;
  const free = sum(values);
  const wanted = totalWithShare(owed + free, owed, byIncome, share) - owed;
  return values.map((value) => (free > 0 ? (value * wanted) / free : wanted / values.length));
}

/** Each customer's sum of absolute errors over the sum of amounts, limited. */
function customerErrors(cases: readonly ShareCase[], share: number): number[] {
  const sums = new Map<string, { error: number; size: number }>();
  for (const { customer, base, owed, byIncome, actual } of cases) {
    const own = sums.get(customer) ?? { error: 0, size: 0 };
    own.error += Math.abs(totalWithShare(base, owed, byIncome, share) - actual);
    own.size += actual;
    sums.set(customer, own);
  }
  return [...sums.values()].map(({ error, size }) => Math.min(LARGEST_ERROR, size > 0 ? error / size : LARGEST_ERROR));
}

/**
 * Share of the income forecast in the total: the one with the smallest mean error over customers, or 0 when its gain,
 * paired over customers, is not significant.
 * @param cases - out-of-sample forecasts one month ahead. @returns a multiple of 0.1 in [0, 1].
 */
export function chooseIncomeShare(cases: readonly ShareCase[]): number {
  const none = customerErrors(cases, 0);
  if (none.length < FEWEST_CUSTOMERS) return 0;
  let best = { share: 0, errors: none };
  for (let step = 1; step <= STEPS; step++) {
    const errors = customerErrors(cases, step / STEPS);
    if (mean(errors) < mean(best.errors)) best = { share: step / STEPS, errors };
  }
  return pairedGain(none, best.errors).sure ? best.share : 0;
}
