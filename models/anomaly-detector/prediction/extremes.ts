import { z } from 'zod';
import type { Encoding } from './encoding.js';

/** A signal's upper tail: `values` rise, `shares[k]` is the share of training rows at or above `values[k]`. */
const tail = z.strictObject({ values: z.array(z.number()), shares: z.array(z.number()) });

/** Transactions more extreme than almost every training row, whatever known misuse looks like. */
export const extremes = z.strictObject({
  /** In the order of the signals. */
  tails: z.array(tail),
  /** A larger sum of −ln(share) is an alert. */
  limit: z.number(),
});
export type Extremes = z.infer<typeof extremes>;
type Tail = z.infer<typeof tail>;

/** Ranks from the top grow by this factor: the far tail is kept row by row, the body coarsely. */
const GROWTH = 1.25;

function tailOf(sorted: Float64Array): Tail {
  const n = sorted.length;
  const values: number[] = [];
  const shares: number[] = [];
  for (let rank = 1; rank <= n; rank = Math.max(rank + 1, Math.floor(rank * GROWTH))) {
    const value = sorted[n - rank]!;
    if (value === values[0]) continue;
    const first = sorted.findIndex((each) => each >= value);
    values.unshift(value);
    shares.unshift((n - first + 1) / (n + 1));
  }
  return { values, shares };
}

/** −ln of the share of training rows at or above a value; 0 below the smallest known one. O(log knots). */
function surprise({ values, shares }: Tail, value: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : -Math.log(shares[low - 1]!);
}

/**
 * Sum of the signals' upper tail log-probabilities, as ECOD has it (Li et al. 2022). Unlike a tree's path length it
 * grows with every further signal, and known misuse does not weigh on it.
 * @param values - (rows, signals) row-major.  @returns (rows,)
 */
export function tailSums(tails: readonly Tail[], values: Float32Array): Float64Array {
  const width = tails.length;
  return Float64Array.from({ length: width === 0 ? 0 : values.length / width }, (_, row) =>
    tails.reduce((sum, each, j) => sum + surprise(each, values[row * width + j]!), 0),
  );
}

/** Contribution of each signal to `tailSums` of one row. @param values - (signals,) */
export const tailParts = ({ tails }: Extremes, values: Float32Array): number[] =>
  tails.map((each, j) => surprise(each, values[j]!));

/**
 * Fits the tails and the limit that a share of the rows exceeds.
 * @param values - (rows, signals) row-major.  @param share - of rows, such as 0.002.
 */
export function fitExtremes({ signals }: Encoding, values: Float32Array, share: number): Extremes {
  const width = signals.length;
  const rows = values.length / width;
  const tails = signals.map((_, j) =>
    tailOf(Float64Array.from({ length: rows }, (__, row) => values[row * width + j]!).sort()),
  );
  const sums = tailSums(tails, values).sort();
  return { tails, limit: sums[Math.min(rows - 1, Math.ceil((1 - share) * rows))]! };
}

/**
 * Lifts extreme rows above the threshold, the more extreme the higher; others keep their score.
 * @param scores - (rows,) in (0, 1).  @param sums - (rows,) as `tailSums`.
 */
export const liftExtremes = (
  scores: Float64Array,
  sums: Float64Array,
  { limit, threshold }: { readonly limit: number; readonly threshold: number },
): Float64Array =>
  scores.map((score, row) => {
    const beyond = sums[row]! - limit;
    return beyond > 0 ? Math.max(score, 1 - (1 - threshold) * Math.exp(-beyond)) : score;
  });
