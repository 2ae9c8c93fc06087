import type { Attribute } from './attribute.js';
import type { OnnxGraph } from './graph.js';

/**
 * A binary tree in parallel arrays, node 0 is the root. A row goes left when `x[feature] < threshold`, a missing value
 * where `missingLeft` says; `left` −1 marks a leaf.
 */
export interface EnsembleTree {
  readonly feature: ArrayLike<number>;
  readonly threshold: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  readonly missingLeft: ArrayLike<number>;
  /** What a leaf contributes. */
  readonly value: ArrayLike<number>;
}

export interface TreeEnsembleOptions {
  /** @default 'SUM' */
  readonly aggregate?: 'SUM' | 'AVERAGE';
  /** Added once to the aggregate. @default 0 */
  readonly base?: number;
  /** Name of the result. @default generated */
  readonly output?: string;
}

function emptyColumns() {
  const numbers = (): number[] => [];
  return {
    nodes_treeids: numbers(),
    nodes_nodeids: numbers(),
    nodes_featureids: numbers(),
    nodes_values: numbers(),
    nodes_truenodeids: numbers(),
    nodes_falsenodeids: numbers(),
    nodes_missing_value_tracks_true: numbers(),
    nodes_modes: [] as string[],
    target_treeids: numbers(),
    target_nodeids: numbers(),
    target_ids: numbers(),
    target_weights: numbers(),
  };
}
type Columns = ReturnType<typeof emptyColumns>;

function addLeaf(columns: Columns, treeId: number, node: number, value: number): void {
  columns.target_treeids.push(treeId);
  columns.target_nodeids.push(node);
  columns.target_ids.push(0);
  columns.target_weights.push(value);
}

function addNode(columns: Columns, tree: EnsembleTree, treeId: number, node: number): void {
  const isLeaf = tree.left[node]! < 0;
  columns.nodes_treeids.push(treeId);
  columns.nodes_nodeids.push(node);
  columns.nodes_modes.push(isLeaf ? 'LEAF' : 'BRANCH_LT');
  columns.nodes_featureids.push(isLeaf ? 0 : tree.feature[node]!);
  columns.nodes_values.push(isLeaf ? 0 : tree.threshold[node]!);
  columns.nodes_truenodeids.push(isLeaf ? 0 : tree.left[node]!);
  columns.nodes_falsenodeids.push(isLeaf ? 0 : tree.right[node]!);
  columns.nodes_missing_value_tracks_true.push(isLeaf ? 0 : tree.missingLeft[node]!);
  if (isLeaf) addLeaf(columns, treeId, node, tree.value[node]!);
}

function toAttributes(columns: Columns): Record<string, Attribute> {
  const { nodes_values, target_weights, nodes_modes, ...integers } = columns;
  const ints = Object.entries(integers).map(([name, values]) => [name, { ints: values }] as const);
  return {
    ...Object.fromEntries(ints),
    nodes_modes: { strings: nodes_modes },
    nodes_values: { floats: nodes_values },
    target_weights: { floats: target_weights },
  };
}

/**
 * Adds a `TreeEnsembleRegressor` over float32 rows. Branches are `BRANCH_LT`, so thresholds keep the meaning they had in
 * training. It ends without a link function: onnxruntime ignores `post_transform=LOGISTIC` here (issue 26596), so a
 * classifier follows it with its own `Sigmoid`.
 * @param input - name of a (rows, features) float32 value.
 * @returns the name of the (rows, 1) result.
 */
export function treeEnsembleRegressor(
  graph: OnnxGraph,
  input: string,
  trees: readonly EnsembleTree[],
  options: TreeEnsembleOptions = {},
): string {
  const columns = emptyColumns();
  trees.forEach((tree, treeId) => {
    for (let node = 0; node < tree.left.length; node++) addNode(columns, tree, treeId, node);
  });
  const attributes: Record<string, Attribute> = {
    ...toAttributes(columns),
    n_targets: { int: 1 },
    base_values: { floats: [options.base ?? 0] },
    aggregate_function: { string: options.aggregate ?? 'SUM' },
    post_transform: { string: 'NONE' },
  };
  const named = options.output === undefined ? {} : { outputs: [options.output] };
  return graph.node('TreeEnsembleRegressor', [input], { attributes, domain: 'ai.onnx.ml', ...named });
}
