import type { GradientBoostingState } from './state.js';
import { sum } from '../../numeric/statistics/sum.js';

/**
 * Global importance: the share of all loss reduction that came from splits on each feature.
 * @returns (featureCount,) ≥ 0 with sum 1; all 0 when no tree has a split.
 */
export function gainImportance(state: GradientBoostingState): number[] {
  const gains = new Array<number>(state.featureCount).fill(0);
  for (const tree of state.trees) {
    tree.gain.forEach((gain, node) => {
      if (tree.left[node]! >= 0) gains[tree.feature[node]!]! += gain;
    });
  }
  const total = sum(gains);
  return total === 0 ? gains : gains.map((gain) => gain / total);
}
