import { requireWidth } from '../../estimator.js';
import type { GradientBoostingState } from '../../tabular/gradient-boosting/state.js';
import type { RegressionTree } from '../../tabular/gradient-boosting/tree.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';
import {
  copyPath,
  createPath,
  extendPath,
  positionOf,
  unwindPath,
  unwoundWeight,
  type UniquePath,
} from './unique-path.js';

/** One row on its way through one tree. */
interface Walk {
  readonly tree: RegressionTree;
  readonly x: Float32Array;
  /** Position of the row's first value in `x`. */
  readonly row: number;
  /** Contributions of this row, one a feature. */
  readonly into: Float64Array;
  /** A path for each depth: a child changes its copy, never its parent's. */
  readonly paths: readonly UniquePath[];
}

/** The node to visit and how its last question was answered. */
interface Step {
  readonly node: number;
  readonly depth: number;
  readonly feature: number;
  readonly zero: number;
  readonly one: number;
}

const ROOT: Step = { node: 0, depth: 0, feature: -1, zero: 1, one: 1 };

/** Longest way from the root to a leaf. */
function depthOf(tree: RegressionTree, node = 0): number {
  const left = tree.left[node]!;
  return left < 0 ? 0 : 1 + Math.max(depthOf(tree, left), depthOf(tree, tree.right[node]));
}

/** What the tree answers on average over the rows it was grown on, by their hessians. */
function expectedValue(tree: RegressionTree, node = 0): number {
  const left = tree.left[node]!;
  if (left < 0) return tree.value[node]!;
  const right = tree.right[node]!;
  const share = shareOf(tree, left, node);
  return share * expectedValue(tree, left) + (1 - share) * expectedValue(tree, right);
}

/** Share of the node's rows that go to this child; a node that no drawn row reached halves them. */
function shareOf(tree: RegressionTree, child: number, node: number): number {
  const cover = tree.cover[tree.left[node]!]! + tree.cover[tree.right[node]!]!;
  return cover > 0 ? tree.cover[child]! / cover : 0.5;
}

function goesLeft({ tree, x, row }: Walk, node: number): boolean {
  const value = x[row + tree.feature[node]!]!;
  return Number.isNaN(value) ? tree.missingLeft[node] === 1 : value < tree.threshold[node]!;
}

function visit(walk: Walk, step: Step): void {
  const path = walk.paths[step.depth]!;
  if (step.depth === 0) path.length = 0;
  else copyPath(walk.paths[step.depth - 1]!, path);
  extendPath(path, step.feature, step.zero, step.one);
  if (walk.tree.left[step.node]! < 0) collect(walk, path, walk.tree.value[step.node]!);
  else branch(walk, path, step);
}

/** At a leaf: its value is shared among the features of the path. */
function collect({ into }: Walk, path: UniquePath, value: number): void {
  for (let i = 1; i < path.length; i++) {
    into[path.feature[i]!]! += unwoundWeight(path, i) * (path.one[i]! - path.zero[i]!) * value;
  }
}

function branch(walk: Walk, path: UniquePath, { node, depth }: Step): void {
  const { tree } = walk;
  const feature = tree.feature[node]!;
  const known = positionOf(path, feature);
  const zero = known < 0 ? 1 : path.zero[known]!;
  const one = known < 0 ? 1 : path.one[known]!;
  if (known >= 0) unwindPath(path, known);
  const left = goesLeft(walk, node);
  const [hot, cold] = left ? [tree.left[node]!, tree.right[node]!] : [tree.right[node]!, tree.left[node]!];
  visit(walk, { node: hot, depth: depth + 1, feature, zero: zero * shareOf(tree, hot, node), one });
  const unknown = zero * shareOf(tree, cold, node);
  // No coalition reaches a child that neither this row nor any other goes to.
  if (unknown > 0) visit(walk, { node: cold, depth: depth + 1, feature, zero: unknown, one: 0 });
}

/**
 * Exact Shapley values of each row's margin for path-dependent (conditional by cover) feature removal: TreeSHAP,
 * algorithm 2 of Lundberg, Erion & Lee (2018), as `pred_contribs` of XGBoost 3.2.0 computes it.
 * Time O(trees · leaves · depth²) a row.
 *
 * @param x - (n, featureCount), NaN is missing.
 * @returns (n, featureCount + 1), in units of the margin: a column a feature, then the expected margin; a row sums to
 * the row's margin.
 * @throws PipelineError `SHAPE_MISMATCH`.
 * @example
 * const contributions = treeShap(state, x); // contributions.values[i * (p + 1) + j]: what feature j added to row i
 */
export function treeShap(state: GradientBoostingState, x: Matrix): Matrix {
  requireWidth(x, state.featureCount);
  const { trees, featureCount, baseMargin } = state;
  const width = featureCount + 1;
  const contributions = new Float64Array(x.rows * width);
  const narrow = Float32Array.from(x.values);
  const deepest = Math.max(0, ...trees.map((tree) => depthOf(tree)));
  const paths = Array.from({ length: deepest + 1 }, () => createPath(deepest + 2));
  const expected = trees.reduce((sum, tree) => sum + expectedValue(tree), baseMargin);
  for (let i = 0; i < x.rows; i++) {
    const into = contributions.subarray(i * width, (i + 1) * width);
    for (const tree of trees) visit({ tree, x: narrow, row: i * x.cols, into, paths }, ROOT);
    into[featureCount] = expected;
  }
  return matrix(x.rows, width, contributions);
}
