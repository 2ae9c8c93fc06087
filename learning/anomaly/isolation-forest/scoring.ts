import { requireAtLeast } from '../../checks.js';
import { requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { project } from './oblique-cuts.js';
import { treeCount } from './packed-trees.js';
import { exp2Float32, pathLengthScale, scorePathLengths } from './path-length.js';
import type { ExtendedIsolationForestState, ForestState, IsolationForestState } from './state.js';

/** (m,) sums of path lengths; each sum has the precision of its array. */
type Sums = Float64Array | Float32Array;

/** Adds the path length of every row in one tree, whose nodes compare features. */
function addAxisPaths({ trees, featureCount }: IsolationForestState, root: number, x: Float32Array, total: Sums): void {
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
  total: Sums,
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
  addPaths(state, narrow, total);
  return scorePathLengths(total, treeCount(state.trees), state.subsampleSize);
}

function addPaths(state: ForestState, x: Float32Array, total: Sums): void {
  const { trees } = state;
  for (let tree = 0; tree < treeCount(trees); tree++) {
    const root = trees.offset[tree]!;
    if (state.kind === 'isolation-forest') addAxisPaths(state, root, x, total);
    else addObliquePaths(state, root, x, total);
  }
}

/**
 * Scores as the exported graph computes them, without the graph: sums, mean and power in float32. The same bits for an
 * isolation forest, within 1e-5 for an extended one, whose projections the graph sums in another order.
 * @param x - (m, featureCount) row-major, finite.  @returns (m,) in (0, 1), higher = more anomalous.
 */
export function scoreForestFloat32(state: ForestState, x: Float32Array): Float64Array {
  const total = new Float32Array(x.length / state.featureCount);
  addPaths(state, x, total);
  const trees = treeCount(state.trees);
  const scale = Math.fround(pathLengthScale(state.subsampleSize));
  return Float64Array.from(total, (paths) => exp2Float32(Math.fround(Math.fround(paths / trees) * scale)));
}

/** @throws PipelineError `TOO_FEW_ROWS` when a forest cannot be grown. */
export function requireTwoRows(x: Matrix): void {
  requireAtLeast('rows to isolate', x.rows, 2);
}
