import { MISSING_BIN, type BinnedFeature } from './binning.js';
import { HISTOGRAM_BINS } from './histogram-kernel.js';
import type { GradientBoostingParams } from './params.js';
import { FREE_RANGE, leafValue, type GradientSums, type ValueRange } from './regularization.js';
import { SplitSearch, type Split } from './split-search.js';
import { TreeBuilder, type RegressionTree } from './tree.js';
import type { Workspace } from './workspace.js';

/** A node under construction: a range of the workspace's rows. */
interface GrowingNode {
  readonly begin: number;
  readonly end: number;
  readonly depth: number;
  readonly sums: GradientSums;
  readonly range: ValueRange;
  /** The histogram it owns; −1 at the greatest depth, where nothing is split. */
  readonly slot: number;
}

/** What each finished leaf updates. */
export interface GrowthTarget {
  /** (n,), updated with each finished leaf. */
  readonly margin: Float32Array;
  /** The step of a leaf's rows where the objective does not use gradients; null to use gradients. */
  readonly leafStep: ((leaf: Int32Array) => number) | null;
}

/** Histograms that a depth-first walk keeps alive at once. */
export const histogramsFor = (maxDepth: number): number => maxDepth;

function sumPairs(pairs: Float64Array): GradientSums {
  let gradient = 0;
  let hessian = 0;
  for (let i = 0; i < pairs.length; i += 2) {
    gradient += pairs[i]!;
    hessian += pairs[i + 1]!;
  }
  return { gradient, hessian };
}

/** Value ranges of the two children when the parent splits on a constrained feature: the midpoint separates them. */
function divideRange(
  range: ValueRange,
  direction: number,
  values: readonly [number, number],
): [ValueRange, ValueRange] {
  if (direction === 0) return [range, range];
  const middle = (values[0] + values[1]) / 2;
  const below = { low: range.low, high: middle };
  const above = { low: middle, high: range.high };
  return direction > 0 ? [below, above] : [above, below];
}

/**
 * Grows one tree after the other, depth first. The rows of a node stand side by side in the workspace; of two
 * children only the smaller is counted, the larger is parent minus smaller.
 */
export class TreeGrowth {
  private readonly search: SplitSearch;
  private readonly freeSlots: number[];
  private readonly scratch: Int32Array;
  /** By bin of the feature being split: 1 = left. */
  private readonly route = new Uint8Array(HISTOGRAM_BINS);
  private tree = new TreeBuilder();
  private candidates: ArrayLike<number> = [];

  constructor(
    private readonly params: GradientBoostingParams,
    private readonly features: readonly BinnedFeature[],
    private readonly workspace: Workspace,
    private readonly target: GrowthTarget,
  ) {
    this.search = new SplitSearch(params, features);
    this.freeSlots = [...workspace.histograms.keys()];
    this.scratch = new Int32Array(workspace.rows.length);
  }

  /** Fits a tree to the gradients in the workspace and adds it to the margin. @param candidates - usable features. */
  grow(candidates: ArrayLike<number>): RegressionTree {
    const { rows, pairs } = this.workspace;
    for (let i = 0; i < rows.length; i++) rows[i] = i;
    this.tree = new TreeBuilder();
    this.candidates = candidates;
    const slot = this.freeSlots.pop()!;
    this.workspace.fillHistogram(slot, 0, rows.length);
    this.growNode({ begin: 0, end: rows.length, depth: 0, sums: sumPairs(pairs), range: FREE_RANGE, slot });
    return this.tree.finish();
  }

  /** @returns the node's number. */
  private growNode(node: GrowingNode): number {
    const value = Math.fround(leafValue(node.sums, this.params, node.range) * this.params.eta);
    const number = this.tree.addLeaf(value, node.sums.hessian);
    const split = this.findSplit(node);
    if (!split) {
      this.finalizeLeaf(node, number, value);
      return number;
    }
    this.tree.setBranch(number, split);
    const [left, right] = this.splitIndices(node, split);
    this.tree.setChildren(number, this.growNode(left), this.growNode(right));
    return number;
  }

  private findSplit({ sums, range, slot }: GrowingNode): Split | null {
    if (slot < 0 || sums.hessian < 2 * this.params.minChildWeight) return null;
    return this.search.find({ sums, range, histogram: this.workspace.histograms[slot]! }, this.candidates);
  }

  /** Writes the leaf's value, updates the margin of its rows and releases its histogram. */
  private finalizeLeaf({ begin, end, slot }: GrowingNode, number: number, gradientValue: number): void {
    const { rows } = this.workspace;
    const { margin } = this.target;
    const value = this.betterValue(rows.subarray(begin, end)) ?? gradientValue;
    this.tree.setValue(number, value);
    for (let k = begin; k < end; k++) margin[rows[k]!]! += value;
    if (slot >= 0) this.freeSlots.push(slot);
  }

  /** Only sampled rows (hessian > 0) set the leaf value. */
  private betterValue(leaf: Int32Array): number | null {
    if (this.target.leafStep === null) return null;
    const { pairs } = this.workspace;
    const drawn = leaf.filter((row) => pairs[2 * row + 1]! > 0);
    return drawn.length === 0 ? 0 : Math.fround(this.target.leafStep(drawn) * this.params.eta);
  }

  private splitIndices(node: GrowingNode, split: Split): [GrowingNode, GrowingNode] {
    const middle = this.partition(node, split);
    const [leftSlot, rightSlot] = this.divideHistogram(node, middle);
    const direction = this.params.monotone[split.feature] ?? 0;
    const values = [split.left, split.right].map((sums) => leafValue(sums, this.params, node.range));
    const [leftRange, rightRange] = divideRange(node.range, direction, values as [number, number]);
    const depth = node.depth + 1;
    return [
      { begin: node.begin, end: middle, depth, sums: split.left, range: leftRange, slot: leftSlot },
      { begin: middle, end: node.end, depth, sums: split.right, range: rightRange, slot: rightSlot },
    ];
  }

  private fillRoute({ feature, lastLeftBin, missingLeft }: Split): void {
    this.route.fill(1, 0, lastLeftBin + 1).fill(0, lastLeftBin + 1);
    if (this.features[feature]!.hasMissing) this.route[MISSING_BIN] = missingLeft ? 1 : 0;
  }

  /** Moves the left rows to the front, keeping the order on both sides. @returns where the right ones begin. */
  private partition({ begin, end }: GrowingNode, split: Split): number {
    this.fillRoute(split);
    const { route, scratch } = this;
    const { rows, bins, stride } = this.workspace;
    let left = begin;
    let right = 0;
    for (let k = begin; k < end; k++) {
      const row = rows[k]!;
      const goesLeft = route[bins[row * stride + split.feature]!]!;
      // Writes both sides and advances one position: a branch here would be mispredicted half of the time.
      rows[left] = row;
      scratch[right] = row;
      left += goesLeft;
      right += 1 - goesLeft;
    }
    rows.set(scratch.subarray(0, right), left);
    return left;
  }

  /** Gives the children their histograms; the larger takes over its parent's. @returns slots of left and right. */
  private divideHistogram(node: GrowingNode, middle: number): [number, number] {
    if (node.depth + 1 === this.params.maxDepth) {
      this.freeSlots.push(node.slot);
      return [-1, -1];
    }
    const small = this.freeSlots.pop()!;
    const leftIsSmall = middle - node.begin < node.end - middle;
    this.workspace.fillHistogram(small, leftIsSmall ? node.begin : middle, leftIsSmall ? middle : node.end);
    this.workspace.subtractHistogram(node.slot, small);
    return leftIsSmall ? [small, node.slot] : [node.slot, small];
  }
}
