import type { ProtectedGroups } from './protected-groups.js';

/** Smaller groups are not penalised: their mean is too noisy. */
const SMALLEST_PENALISED = 20;

/** Adds a penalty's derivatives to those of the loss: `pairs[2i]` is row i's gradient, `pairs[2i + 1]` its hessian. */
export type DerivativeAdjustment = (margins: ArrayLike<number>, pairs: Float64Array) => void;

interface Group {
  readonly rows: Int32Array;
  readonly rest: Int32Array;
}

function groupsOf({ member, names }: ProtectedGroups): Group[] {
  const all = Int32Array.from(member, (_, row) => row);
  const known = all.filter((row) => member[row]! >= 0);
  // With two groups each is the complement of the other, so one term suffices.
  const judged = names.length === 2 ? [0] : names.map((_, group) => group);
  return judged
    .map((group) => ({
      rows: known.filter((row) => member[row] === group),
      rest: known.filter((row) => member[row] !== group),
    }))
    .filter(({ rows, rest }) => Math.min(rows.length, rest.length) >= SMALLEST_PENALISED);
}

function meanAt(values: ArrayLike<number>, rows: Int32Array): number {
  let sum = 0;
  for (const row of rows) sum += values[row]!;
  return sum / rows.length;
}

/**
 * Penalty in the gradient: adds strength · n/2 · Σ over groups (mean margin of the group − mean margin of the others)²
 * to the loss, so that boosting pays for every gap it opens. The margin stands for the decision, as in Zafar et al.
 * (AISTATS 2017, decision boundary covariance); a squared mean gap instead of a bound, so that one number trades
 * accuracy for equality. The hessian of the penalty's diagonal is added too.
 * @param strength - 0 = no penalty.
 */
export function gapPenalty(attributes: readonly ProtectedGroups[], strength: number): DerivativeAdjustment {
  const groups = attributes.flatMap(groupsOf);
  return (margins, pairs) => {
    for (const { rows, rest } of groups) {
      const gap = meanAt(margins, rows) - meanAt(margins, rest);
      push(pairs, rows, gap, strength * margins.length);
      push(pairs, rest, -gap, strength * margins.length);
    }
  };
}

function push(pairs: Float64Array, rows: Int32Array, gap: number, scale: number): void {
  const gradient = (scale * gap) / rows.length;
  const hessian = scale / rows.length ** 2;
  for (const row of rows) {
    pairs[2 * row] = Math.fround(pairs[2 * row]! + gradient);
    pairs[2 * row + 1] = Math.fround(pairs[2 * row + 1]! + hessian);
  }
}
