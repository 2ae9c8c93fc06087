/**
 * A regression tree in parallel arrays, node 0 is the root. An inner node sends a row left when
 * `x[feature] < threshold` in float32, and a missing value where `missingLeft` says. Plain data, safe in JSON.
 */
export interface RegressionTree {
  /** Feature of an inner node; 0 in leaves. */
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  /** Child nodes; −1 marks a leaf. */
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** 1 when missing values go left. */
  readonly missingLeft: readonly number[];
  /** What a leaf adds to the margin; 0 in inner nodes. */
  readonly value: readonly number[];
  /** By how much the split lowered the loss; 0 in leaves. */
  readonly gain: readonly number[];
  /** Sum of hessians that reached the node. */
  readonly cover: readonly number[];
}

/** What an inner node asks. */
export interface Branch {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  readonly gain: number;
}

/** The tree under construction: nodes are added as leaves and may be turned into branches. */
export class TreeBuilder {
  private readonly tree = {
    feature: [] as number[],
    threshold: [] as number[],
    left: [] as number[],
    right: [] as number[],
    missingLeft: [] as number[],
    value: [] as number[],
    gain: [] as number[],
    cover: [] as number[],
  };

  /** @returns the node's number. */
  addLeaf(value: number, cover: number): number {
    const { tree } = this;
    for (const list of [tree.feature, tree.threshold, tree.missingLeft, tree.gain]) list.push(0);
    tree.left.push(-1);
    tree.right.push(-1);
    tree.value.push(value);
    return tree.cover.push(cover) - 1;
  }

  setBranch(node: number, branch: Branch): void {
    const { tree } = this;
    tree.feature[node] = branch.feature;
    tree.threshold[node] = branch.threshold;
    tree.missingLeft[node] = branch.missingLeft ? 1 : 0;
    tree.gain[node] = branch.gain;
    tree.value[node] = 0;
  }

  setValue(node: number, value: number): void {
    this.tree.value[node] = value;
  }

  setChildren(node: number, left: number, right: number): void {
    this.tree.left[node] = left;
    this.tree.right[node] = right;
  }

  finish(): RegressionTree {
    return this.tree;
  }
}

/** @param row - the row's first position in `x`.  @returns the leaf that a float32 row falls into. */
export function findLeaf(tree: RegressionTree, x: Float32Array, row: number): number {
  let node = 0;
  for (;;) {
    const left = tree.left[node]!;
    if (left < 0) return node;
    const value = x[row + tree.feature[node]!]!;
    const goesLeft = Number.isNaN(value) ? tree.missingLeft[node] === 1 : value < tree.threshold[node]!;
    node = goesLeft ? left : tree.right[node]!;
  }
}

/** Adds the tree's value of each row to `margin`. @param x - (n, cols) float32, row-major. */
export function addTree(
  tree: RegressionTree,
  x: Float32Array,
  cols: number,
  margin: Float32Array | Float64Array,
): void {
  for (let i = 0; i < margin.length; i++) margin[i]! += tree.value[findLeaf(tree, x, i * cols)]!;
}
