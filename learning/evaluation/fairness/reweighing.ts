import type { ProtectedGroups } from './protected-groups.js';

/** Passes over the attributes; two attributes converge within a few. */
const PASSES = 20;

/** Weight of each (group, label) cell and of its margins. */
function cellWeights({ member, names }: ProtectedGroups, labels: ArrayLike<number>, weights: Float64Array) {
  const cells = new Float64Array(2 * names.length);
  for (let row = 0; row < labels.length; row++)
    if (member[row]! >= 0) cells[2 * member[row]! + labels[row]!]! += weights[row]!;
  const labelTotals = [0, 1].map((label) => names.reduce((sum, _, group) => sum + cells[2 * group + label]!, 0));
  return { cells, labelTotals, total: labelTotals[0]! + labelTotals[1]! };
}

/** One attribute: each (group, label) cell gets the weight it would have if group and label were independent. */
function balance(groups: ProtectedGroups, labels: ArrayLike<number>, weights: Float64Array): void {
  const { cells, labelTotals, total } = cellWeights(groups, labels, weights);
  const factors = cells.map((cell, i) => {
    const group = i >> 1;
    const expected = ((cells[2 * group]! + cells[2 * group + 1]!) * labelTotals[i & 1]!) / total;
    return cell > 0 ? expected / cell : 1;
  });
  for (let row = 0; row < weights.length; row++)
    if (groups.member[row]! >= 0) weights[row]! *= factors[2 * groups.member[row]! + labels[row]!]!;
}

/**
 * Row weights under which the label does not depend on the group: Kamiran & Calders (2012), W = P(g)·P(y) / P(g, y).
 * With several attributes the rule is applied to each in turn until all hold (raking). Rows whose group is unknown keep
 * their weight. O(n · attributes).
 * @param labels - (n,) 0 or 1.  @param strength - 0 = all weights 1, 1 = full; in between, and beyond, weight^strength.
 * @returns (n,) > 0.
 */
export function reweighingWeights(
  attributes: readonly ProtectedGroups[],
  labels: ArrayLike<number>,
  strength = 1,
): Float64Array {
  const weights = new Float64Array(labels.length).fill(1);
  for (let pass = 0; pass < (attributes.length > 1 ? PASSES : 1); pass++)
    for (const groups of attributes) balance(groups, labels, weights);
  return weights.map((weight) => weight ** strength);
}
