import { treeShap } from '../../../learning/evaluation/explain/tree-shap.js';
import type { GradientBoostingState } from '../../../learning/tabular/gradient-boosting/index.js';
import { matrix } from '../../../learning/numeric/matrix/index.js';
import { sum } from '../../../learning/numeric/statistics/sum.js';
import type { Preprocessing } from '../../../learning/tabular/preprocessing/index.js';

/** Shapley values of each feature in each row. */
export interface Contributions {
  readonly features: readonly string[];
  /** A row each: (features,) in log-odds of default. */
  readonly rows: readonly Float64Array[];
  /** Margin when nothing is known. A row's contributions and this sum to its margin. */
  readonly expected: number;
}

/**
 * Exact Shapley values by feature: the indicators of a category are added up.
 * @param encoded - (n, encodedWidth) float32 values.
 */
export function contributionsOf(
  trees: GradientBoostingState,
  { features }: Preprocessing,
  encoded: Float32Array,
): Contributions {
  const width = trees.featureCount;
  const rows = width === 0 ? 0 : encoded.length / width;
  const owner = features.flatMap((feature, i) => (feature.kind === 'numeric' ? [i] : feature.categories.map(() => i)));
  const shapley = treeShap(trees, matrix(rows, width, Float64Array.from(encoded)));
  const summed = Array.from({ length: rows }, (_, row) => {
    const into = new Float64Array(features.length);
    owner.forEach((feature, column) => (into[feature]! += shapley.values[row * shapley.cols + column]!));
    return into;
  });
  return {
    features: features.map(({ name }) => name),
    rows: summed,
    expected: shapley.values[width] ?? trees.baseMargin,
  };
}

/** Mean absolute contribution of each feature as a share of all: sums to 1, or all 0 when nothing contributes. */
export function importanceOf({ features, rows }: Contributions): Record<string, number> {
  const sums = features.map((_, j) => sum(rows.map((row) => Math.abs(row[j]!))));
  const total = sum(sums);
  return Object.fromEntries(features.map((name, j) => [name, total > 0 ? sums[j]! / total : 0]));
}
