/**
 * Upper bound of the last bin, above every float32 value, so that a later value is not taken for missing. XGBoost uses
 * twice the largest training value, above which a value counts as missing.
 */
export const ABOVE_ALL_VALUES = 3.4028234663852886e38;
export const BELOW_ALL_VALUES = -ABOVE_ALL_VALUES;

/** A distinct value with the weight of all rows below it, and of all rows up to and including it. */
interface Summary {
  readonly value: Float32Array;
  readonly below: Float64Array;
  readonly upTo: Float64Array;
}

function countDistinct(sorted: Float32Array): number {
  let distinct = sorted.length > 0 ? 1 : 0;
  for (let i = 1; i < sorted.length; i++) if (sorted[i] !== sorted[i - 1]) distinct++;
  return distinct;
}

/** @param sorted - ascending.  @param weights - in the order of `sorted`. */
function summarize(sorted: Float32Array, weights: ArrayLike<number> | null): Summary {
  const distinct = countDistinct(sorted);
  const value = new Float32Array(distinct);
  const below = new Float64Array(distinct);
  const upTo = new Float64Array(distinct);
  let entry = -1;
  let total = 0;
  for (let i = 0; i < sorted.length; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) {
      value[++entry] = sorted[i]!;
      below[entry] = total;
    }
    total += weights ? weights[i]! : 1;
    upTo[entry] = total;
  }
  return { value, below, upTo };
}

/**
 * Chooses at most `size` entries at evenly spaced ranks, the first and the last among them. This is the pruning step
 * of the weighted quantile sketch (Chen & Guestrin 2016, appendix), here on exact ranks instead of bounds.
 */
function pruneToRanks({ value, below, upTo }: Summary, size: number): number[] {
  const last = value.length - 1;
  const begin = upTo[0]!;
  const range = below[last]! - begin;
  const chosen = [0];
  let i = 1;
  for (let k = 1; k < size - 1; k++) {
    const doubleRank = 2 * ((k * range) / (size - 1) + begin);
    while (i < last && doubleRank >= upTo[i + 1]! + below[i + 1]!) i++;
    if (i === last) break;
    const nearest = doubleRank < upTo[i]! + below[i + 1]! ? i : i + 1;
    if (nearest !== chosen.at(-1)) chosen.push(nearest);
  }
  if (chosen.at(-1) !== last) chosen.push(last);
  return chosen;
}

/**
 * Cuts one feature at quantiles of weight: each distinct value is a bin when there are at most `maxBins`, else the
 * values at evenly spaced ranks start the bins. Bin b then holds cuts[b − 1] ≤ x < cuts[b], so that "bin ≤ b" is
 * "x < cuts[b]".
 * @param sorted - the values that are not missing, ascending; may be empty.
 * @param weights - (n,) in the same order, or null for all 1.
 * @returns ascending cuts, the last above all values.
 */
export function quantileCuts(sorted: Float32Array, weights: ArrayLike<number> | null, maxBins: number): Float32Array {
  if (sorted.length === 0) return Float32Array.of(ABOVE_ALL_VALUES);
  const summary = summarize(sorted, weights);
  const entries =
    summary.value.length <= maxBins ? [...summary.value.keys()] : pruneToRanks(summary, maxBins + 1).slice(0, maxBins);
  const starts = entries.slice(1).map((entry) => summary.value[entry]!);
  // Float32's largest number cannot start a bin: nothing lies above it to end that bin, so it shares the one below.
  return Float32Array.from([...starts.filter((start) => start < ABOVE_ALL_VALUES), ABOVE_ALL_VALUES]);
}
