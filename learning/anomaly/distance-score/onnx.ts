import { encodeOnnxModel, int64s, OnnxGraph, tensor } from '../../onnx/index.js';
import { addStandardisation } from '../../numeric/standardisation/index.js';
import type { ReferenceDistanceState } from './reference-distance.js';
import { addSquaredDistances, SAME_ROW } from './references.js';

/** Names of a distance graph's input and output. */
export const distanceGraph = { input: 'features', score: 'score' } as const;

/** Stands for "no such reference"; its square root is still finite in float64. */
const FAR = 1e300;

const float64 = (graph: OnnxGraph, name: string, value: number): string =>
  graph.constant(name, tensor('float64', [1], Float64Array.of(value)));

const reduce = (graph: OnnxGraph, operator: string, value: string, keepdims: 0 | 1): string =>
  graph.node(operator, [value], { attributes: { axes: { ints: [-1] }, keepdims: { int: keepdims } } });

/** sign(z)·ln(1 + |z|). */
function addCompression(graph: OnnxGraph, z: string, prefix: string): string {
  const size = graph.node('Add', [graph.node('Abs', [z]), float64(graph, `${prefix}/one`, 1)]);
  return graph.node('Mul', [graph.node('Sign', [z]), graph.node('Log', [size])]);
}

/** @returns name of (rows, 1) float64. */
function addNearestReferences(graph: OnnxGraph, squared: string, sets: number, prefix: string): string {
  const far = float64(graph, `${prefix}/far`, FAR);
  const same = graph.node('LessOrEqual', [squared, float64(graph, `${prefix}/same`, SAME_ROW)]);
  const others = graph.node('Where', [same, far, squared]);
  const grouped = graph.node('Reshape', [others, graph.constant(`${prefix}/shape`, int64s(0, sets, -1))]);
  const nearest = reduce(graph, 'ReduceMin', grouped, 0);
  const none = graph.node('GreaterOrEqual', [nearest, far]);
  const found = graph.node('Where', [none, float64(graph, `${prefix}/nothing`, 0), nearest]);
  return reduce(graph, 'ReduceMean', graph.node('Sqrt', [found]), 1);
}

/**
 * Adds the scoring of a distance to a graph.
 * @param features - name of a (rows, featureCount) float32 value.
 * @param output - name of the (rows, 1) float64 result.
 */
export function addDistance(graph: OnnxGraph, features: string, state: ReferenceDistanceState, output: string): string {
  const cols = state.standardisation.center.length;
  const standardised = addStandardisation(graph, features, state.standardisation, output);
  const rows =
    state.kind === 'compressed-reference-distance' ? addCompression(graph, standardised, output) : standardised;
  const squared = addSquaredDistances(graph, rows, { cols, values: state.references }, output);
  const score = addNearestReferences(graph, squared, state.sets, output);
  return graph.node('Identity', [score], { outputs: [output] });
}

/**
 * A distance score as an ONNX file: `features` float32 (rows, featureCount) → `score` float32 (rows, 1). Computes in
 * float64 and agrees with `predict` to 1e-5. Holds rows × references numbers: feed it some thousand rows a call.
 */
export function toOnnx(state: ReferenceDistanceState): Uint8Array {
  const graph = new OnnxGraph(state.kind);
  const cols = state.standardisation.center.length;
  const features = graph.input(distanceGraph.input, 'float32', ['rows', cols]);
  const wide = addDistance(graph, features, state, 'distance');
  graph.node('Cast', [wide], { attributes: { to: { int: 1 } }, outputs: [distanceGraph.score] });
  graph.output(distanceGraph.score, 'float32', ['rows', 1]);
  return encodeOnnxModel(graph, { metadata: { estimator: state.kind } });
}
