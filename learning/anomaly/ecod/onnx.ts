import { encodeOnnxModel, OnnxGraph, treeEnsembleRegressor, type EnsembleTree } from '../../onnx/index.js';
import type { TailColumn } from './tail-columns.js';
import type { EcodState } from './ecod.js';

/** Names of the graph's input and output. */
export const ecodGraph = { input: 'features', score: 'score' } as const;

/** A step function of one feature as a balanced search tree over its knots. */
function stepTree(feature: number, knots: Float32Array, cells: Float32Array): EnsembleTree {
  const tree = { feature: [] as number[], threshold: [] as number[], left: [] as number[], right: [] as number[] };
  const value: number[] = [];
  const addNode = (threshold: number, leaf: number): number => {
    tree.threshold.push(threshold);
    value.push(leaf);
    tree.left.push(-1);
    tree.right.push(-1);
    return tree.feature.push(feature) - 1;
  };
  /** Cells `from` to `to`, inclusive. */
  const build = (from: number, to: number): number => {
    if (from === to) return addNode(0, cells[from]!);
    const middle = (from + to) >> 1;
    const node = addNode(knots[middle]!, 0);
    tree.left[node] = build(from, middle);
    tree.right[node] = build(middle + 1, to);
    return node;
  };
  build(0, knots.length);
  return { ...tree, value, missingLeft: new Uint8Array(value.length) };
}

type CellsOf = (column: TailColumn) => Float32Array;

const sides: readonly CellsOf[] = [
  (column) => column.low,
  (column) => column.high,
  (column) => (column.leansLow ? column.low : column.high),
];

/** Adds the scoring to a graph. @param features - name of (rows, p) float32.  @param output - (rows, 1) float32. */
export function addEcod(graph: OnnxGraph, features: string, state: EcodState, output: string): string {
  const sums = sides.map((cellsOf) =>
    treeEnsembleRegressor(
      graph,
      features,
      state.columns.map((column, j) => stepTree(j, column.knots, cellsOf(column))),
    ),
  );
  return graph.node('Max', sums, { outputs: [output] });
}

/**
 * ECOD as an ONNX file: `features` float32 (rows, p) → `score` float32 (rows, 1). Agrees with `predict` to
 * 1e-5 of its size. The same state gives the same bytes.
 */
export function toOnnx(state: EcodState): Uint8Array {
  const graph = new OnnxGraph(state.kind);
  const features = graph.input(ecodGraph.input, 'float32', ['rows', state.columns.length]);
  addEcod(graph, features, state, ecodGraph.score);
  graph.output(ecodGraph.score, 'float32', ['rows', 1]);
  return encodeOnnxModel(graph, { metadata: { estimator: state.kind } });
}
