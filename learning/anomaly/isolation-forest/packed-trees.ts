/**
 * Isolation trees one after the other, oldest first, each in preorder: the left child of node `i` is node `i + 1`.
 * Plain typed arrays, so that state is compact, scoring walks one block of memory, and replacing the oldest trees is a
 * copy of the rest.
 */
export interface PackedTrees {
  /** (trees + 1) position of each tree's root; the last entry is the number of nodes. */
  readonly offset: Int32Array;
  /** (nodes) what the node compares with its threshold: a feature, or the number of a cut; −1 for a leaf. */
  readonly feature: Int32Array;
  /** (nodes) inner node: less goes left. Leaf: path length, depth + c(rows), so a leaf adds it to a row's sum. */
  readonly value: Float32Array;
  /** (nodes) position of the right child counted from the tree's root; 0 for a leaf. */
  readonly right: Int32Array;
  /** (nodes) rows of the subsample that reached the node. */
  readonly rowCount: Int32Array;
}

export const treeCount = (trees: PackedTrees): number => trees.offset.length - 1;

/** Collects nodes of trees in preorder. */
export class TreePacker {
  private readonly offset: number[] = [];
  private readonly feature: number[] = [];
  private readonly value: number[] = [];
  private readonly right: number[] = [];
  private readonly rowCount: number[] = [];

  /** The nodes that follow belong to a new tree. */
  startTree(): void {
    this.offset.push(this.feature.length);
  }

  /** @returns position of the new node. */
  add(feature: number, value: number, rows: number): number {
    this.value.push(value);
    this.right.push(0);
    this.rowCount.push(rows);
    return this.feature.push(feature) - 1;
  }

  /** Marks the next node as the right child of this one. */
  linkRight(node: number): void {
    this.right[node] = this.feature.length - this.offset.at(-1)!;
  }

  finish(): PackedTrees {
    return {
      offset: Int32Array.from([...this.offset, this.feature.length]),
      feature: Int32Array.from(this.feature),
      value: Float32Array.from(this.value),
      right: Int32Array.from(this.right),
      rowCount: Int32Array.from(this.rowCount),
    };
  }
}

type Rows = Int32Array | Float32Array;

function joined<Values extends Rows>(kept: Values, added: Values): Values {
  const result = new (kept.constructor as new (length: number) => Values)(kept.length + added.length);
  result.set(kept);
  result.set(added, kept.length);
  return result;
}

/** Without the first `count` trees, and with `added` at the end. @param cutShift - see `shiftCuts`. */
export function dropAndAppend(trees: PackedTrees, count: number, added: PackedTrees): PackedTrees {
  const start = trees.offset[count]!;
  const kept = trees.offset.slice(count).map((position) => position - start);
  const nodes = kept.at(-1)!;
  return {
    offset: joined(
      kept.slice(0, -1),
      added.offset.map((position) => position + nodes),
    ),
    feature: joined(trees.feature.slice(start), added.feature),
    value: joined(trees.value.slice(start), added.value),
    right: joined(trees.right.slice(start), added.right),
    rowCount: joined(trees.rowCount.slice(start), added.rowCount),
  };
}

/** The same trees with every cut number moved by `shift`; leaves stay. */
export function shiftCuts(trees: PackedTrees, shift: number): PackedTrees {
  return { ...trees, feature: trees.feature.map((cut) => (cut < 0 ? cut : cut + shift)) };
}
