import { encodeOnnxModel, OnnxGraph, tensor } from '../../onnx/index.js';
import { addStandardisation } from '../../numeric/standardisation/index.js';
import type { AutoencoderState, DenseLayer } from './state.js';

/** Names of the graph's input and output. */
export const autoencoderGraph = { input: 'features', score: 'score' } as const;

function addLayer(graph: OnnxGraph, rows: string, layer: DenseLayer, name: string): string {
  const dims = [layer.inputs, layer.outputs];
  const weights = graph.constant(`${name}/weights`, tensor('float64', dims, Float64Array.from(layer.weights)));
  const bias = graph.constant(`${name}/bias`, tensor('float64', [layer.outputs], Float64Array.from(layer.bias)));
  const sum = graph.node('Gemm', [rows, weights, bias]);
  return layer.activation === 'tanh' ? graph.node('Tanh', [sum]) : sum;
}

/**
 * Adds the scoring to a graph: one `Gemm` a layer, in float64.
 * @param features - name of (rows, p) float32.  @param output - name of the (rows, 1) float64 result.
 */
export function addAutoencoder(graph: OnnxGraph, features: string, state: AutoencoderState, output: string): string {
  const rows = addStandardisation(graph, features, state.standardisation, output);
  const restored = state.layers.reduce(
    (value, layer, k) => addLayer(graph, value, layer, `${output}/layer-${k}`),
    rows,
  );
  const difference = graph.node('Sub', [rows, restored]);
  const square = graph.node('Mul', [difference, difference]);
  const mean = graph.node('ReduceMean', [square], { attributes: { axes: { ints: [1] }, keepdims: { int: 1 } } });
  return graph.node('Sqrt', [mean], { outputs: [output] });
}

/**
 * An autoencoder as an ONNX file: `features` float32 (rows, p) → `score` float32 (rows, 1). Agrees with `predict` to
 * 1e-5. The same state gives the same bytes.
 */
export function toOnnx(state: AutoencoderState): Uint8Array {
  const graph = new OnnxGraph(state.kind);
  const cols = state.standardisation.center.length;
  const features = graph.input(autoencoderGraph.input, 'float32', ['rows', cols]);
  const wide = addAutoencoder(graph, features, state, 'residual');
  graph.node('Cast', [wide], { attributes: { to: { int: 1 } }, outputs: [autoencoderGraph.score] });
  graph.output(autoencoderGraph.score, 'float32', ['rows', 1]);
  return encodeOnnxModel(graph, { metadata: { estimator: state.kind } });
}
