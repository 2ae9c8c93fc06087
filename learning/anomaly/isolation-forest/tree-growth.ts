import type { ComputeContext } from '../../../contracts/model-definition.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { createRandom, type Random } from '../../numeric/random/index.js';
import { TreePacker, type PackedTrees } from './packed-trees.js';
import { averagePathLength } from './path-length.js';

/** Rows in float32, the precision in which the graph will see them. */
export interface NarrowRows {
  readonly values: Float32Array;
  readonly rows: number;
  readonly cols: number;
}

export const toNarrow = (x: Matrix): NarrowRows => ({
  values: Float32Array.from(x.values),
  rows: x.rows,
  cols: x.cols,
});

/** The rows of one node: positions `start` to `end` of `rows`, and room for one projection each. */
export interface NodeRows {
  readonly rows: Int32Array;
  readonly projection: Float64Array;
  readonly start: number;
  readonly end: number;
}

export interface Cut {
  /** Feature or cut number, stored with the node. */
  readonly feature: number;
  readonly threshold: number;
}

/** Chooses a random cut of a node's rows and writes each row's projection; null when the rows do not differ. */
export type CutSource = (node: NodeRows, random: Random) => Cut | null;

export interface GrowthPlan {
  readonly trees: number;
  readonly subsampleSize: number;
  readonly cutSource: CutSource;
}

/** Moves the rows whose projection is less than the threshold to the front. @returns where the others start. */
function partition({ rows, projection, start, end }: NodeRows, threshold: number): number {
  let [front, back] = [start, end - 1];
  while (front <= back) {
    if (projection[front]! < threshold) {
      front += 1;
      continue;
    }
    [rows[front], rows[back]] = [rows[back]!, rows[front]!];
    [projection[front], projection[back]] = [projection[back]!, projection[front]!];
    back -= 1;
  }
  return front;
}

/** Grows isolation trees into a packer, to the depth that an average tree of the subsample has. */
class TreeGrower {
  private readonly depthLimit: number;
  private readonly projection: Float64Array;

  constructor(
    private readonly packer: TreePacker,
    private readonly plan: GrowthPlan,
  ) {
    this.depthLimit = Math.ceil(Math.log2(Math.max(2, plan.subsampleSize)));
    this.projection = new Float64Array(plan.subsampleSize);
  }

  grow(rows: Int32Array, random: Random): void {
    this.packer.startTree();
    this.growNode({ rows, projection: this.projection, start: 0, end: rows.length }, 0, random);
  }

  private growNode(node: NodeRows, depth: number, random: Random): void {
    const size = node.end - node.start;
    const cut = depth < this.depthLimit && size > 1 ? this.plan.cutSource(node, random) : null;
    if (cut === null) {
      this.packer.add(-1, depth + averagePathLength(size), size);
      return;
    }
    const position = this.packer.add(cut.feature, cut.threshold, size);
    const middle = partition(node, cut.threshold);
    this.growNode({ ...node, end: middle }, depth + 1, random);
    this.packer.linkRight(position);
    this.growNode({ ...node, start: middle }, depth + 1, random);
  }
}

/** Draws `size` of the first positions without repetition by a partial Fisher–Yates shuffle of `positions`. */
function drawRows(positions: Int32Array, size: number, random: Random): Int32Array {
  for (let k = 0; k < size; k++) {
    const other = k + random.integer(positions.length - k);
    [positions[k], positions[other]] = [positions[other]!, positions[k]!];
  }
  return positions.slice(0, size);
}

/**
 * Grows trees on random subsamples. Each tree has its own seed, so the first trees do not depend on the number of
 * trees.
 */
export function growTrees(rows: number, plan: GrowthPlan, context: ComputeContext): PackedTrees {
  const packer = new TreePacker();
  const grower = new TreeGrower(packer, plan);
  const chance = createRandom(context.seed);
  const positions = Int32Array.from({ length: rows }, (_, i) => i);
  for (let tree = 0; tree < plan.trees; tree++) {
    context.signal.throwIfAborted();
    const random = chance.fork(`tree ${tree}`);
    grower.grow(drawRows(positions, plan.subsampleSize, random), random);
    context.onProgress({ stage: 'trees', done: tree + 1, total: plan.trees });
  }
  return packer.finish();
}
