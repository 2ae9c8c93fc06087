import { encodeOnnxModel, OnnxGraph, tensor, treeEnsembleRegressor, type EnsembleTree } from '../../onnx/index.js';
import { treeCount, type PackedTrees } from './packed-trees.js';
import { pathLengthScale } from './path-length.js';
import type { CutDirections, ForestState } from './state.js';

/** Names of a forest graph's input and output. */
export const forestGraph = { input: 'features', score: 'score' } as const;

function ensembleTree(trees: PackedTrees, tree: number): EnsembleTree {
  const [start, end] = [trees.offset[tree]!, trees.offset[tree + 1]!];
  const feature = trees.feature.subarray(start, end);
  const right = trees.right.subarray(start, end);
  const value = trees.value.subarray(start, end);
  const left = right.map((child, node) => (child > 0 ? node + 1 : -1));
  return { feature, threshold: value, left, right, value, missingLeft: new Uint8Array(end - start) };
}

/** (featureCount, cuts): column c is the direction of cut c. */
function directionMatrix(cuts: CutDirections, featureCount: number): Float64Array {
  const count = cuts.feature.length / cuts.coordinates;
  const values = new Float64Array(featureCount * count);
  cuts.feature.forEach((feature, q) => {
    values[feature * count + Math.floor(q / cuts.coordinates)]! += cuts.weight[q]!;
  });
  return values;
}

/** In float64: in float32 a projection rounds differently from ours, and a row near a cut would take another path. */
function addProjections(graph: OnnxGraph, features: string, cuts: CutDirections, featureCount: number): string {
  const count = cuts.feature.length / cuts.coordinates;
  const directions = tensor('float64', [featureCount, count], directionMatrix(cuts, featureCount));
  const wide = graph.node('Cast', [features], { attributes: { to: { int: 11 } } });
  return graph.node('MatMul', [wide, graph.constant(`${features}/directions`, directions)]);
}

/**
 * Adds the scoring of a forest to a graph.
 * @param features - name of a (rows, featureCount) float32 value.
 * @param output - name of the (rows, 1) result, a score in (0, 1).
 */
export function addForest(graph: OnnxGraph, features: string, state: ForestState, output: string): string {
  const trees = Array.from({ length: treeCount(state.trees) }, (_, tree) => ensembleTree(state.trees, tree));
  const compared =
    state.kind === 'isolation-forest' || state.cuts.feature.length === 0
      ? features
      : addProjections(graph, features, state.cuts, state.featureCount);
  const meanPath = treeEnsembleRegressor(graph, compared, trees, { aggregate: 'AVERAGE' });
  const scale = Float32Array.of(pathLengthScale(state.subsampleSize));
  const exponent = graph.node('Mul', [meanPath, graph.constant(`${output}/scale`, tensor('float32', [1], scale))]);
  const two = graph.constant(`${output}/two`, tensor('float32', [1], Float32Array.of(2)));
  return graph.node('Pow', [two, exponent], { outputs: [output] });
}

/**
 * A forest as an ONNX file: `features` float32 (rows, featureCount) → `score` float32 (rows, 1). Agrees with `predict`
 * to 1e-5. The same state gives the same bytes. The graph of an extended forest holds rows × cuts projections at a
 * time: feed it some thousand rows a call.
 */
export function toOnnx(state: ForestState): Uint8Array {
  const graph = new OnnxGraph(state.kind);
  const features = graph.input(forestGraph.input, 'float32', ['rows', state.featureCount]);
  addForest(graph, features, state, forestGraph.score);
  graph.output(forestGraph.score, 'float32', ['rows', 1]);
  return encodeOnnxModel(graph, { metadata: { estimator: state.kind } });
}
