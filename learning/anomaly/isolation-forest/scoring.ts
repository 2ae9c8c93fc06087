import { requireAtLeast } from '../../checks.js';
import { requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { project } from './oblique-cuts.js';
import { treeCount } from './packed-trees.js';
import { scorePathLengths } from './path-length.js';
import type { ExtendedIsolationForestState, ForestState, IsolationForestState } from './state.js';

/** Adds the path length of every row in one tree, whose nodes compare features. */
function addAxisPaths(
  { trees, featureCount }: IsolationForestState,
  root: number,
  x: Float32Array,
  total: Float64Array,
): void {
  const { feature, value, right } = trees;
  for (let i = 0, row = 0; i < total.length; i++, row += featureCount) {
    let node = root;
    for (let f = feature[node]!; f >= 0; f = feature[node]!) {
      node = x[row + f]! < value[node]! ? node + 1 : root + right[node]!;
    }
    total[i]! += value[node]!;
  }
}

function addObliquePaths(
  { trees, cuts, featureCount }: ExtendedIsolationForestState,
  root: number,
  x: Float32Array,
  total: Float64Array,
): void {
  const { feature, value, right } = trees;
  for (let i = 0, row = 0; i < total.length; i++, row += featureCount) {
    let node = root;
    for (let cut = feature[node]!; cut >= 0; cut = feature[node]!) {
      node = project(x, row, cuts, cut) < value[node]! ? node + 1 : root + right[node]!;
    }
    total[i]! += value[node]!;
  }
}

/**
 * Anomaly scores of a forest of either kind. Features are rounded to float32, as the graph sees them.
 * @param x - (m, featureCount), finite.  @returns (m,) in (0, 1), higher = more anomalous.
 * @throws PipelineError `SHAPE_MISMATCH`.
 */
export function scoreForest(state: ForestState, x: Matrix): Float64Array {
  requireWidth(x, state.featureCount);
  const narrow = Float32Array.from(x.values);
  const total = new Float64Array(x.rows);
  const { trees } = state;
  for (let tree = 0; tree < treeCount(trees); tree++) {
    const root = trees.offset[tree]!;
    if (state.kind === 'isolation-forest') addAxisPaths(state, root, narrow, total);
    else addObliquePaths(state, root, narrow, total);
  }
  return scorePathLengths(total, treeCount(trees), state.subsampleSize);
}

/** @throws PipelineError `TOO_FEW_ROWS` when a forest cannot be grown. */
export function requireTwoRows(x: Matrix): void {
  requireAtLeast('rows to isolate', x.rows, 2);
}
