import { addForest } from '../isolation-forest/index.js';
import { encodeOnnxModel, OnnxGraph, tensor } from '../../onnx/index.js';
import { totalWeight } from './anomaly-ensemble.js';
import { addMember } from './member.js';
import type { AnomalyEnsembleState, Calibration } from './state.js';

/** Names of the graph's input and output. */
export const ensembleGraph = { input: 'features', score: 'score' } as const;

const float64 = (graph: OnnxGraph, name: string, value: number): string =>
  graph.constant(name, tensor('float64', [1], Float64Array.of(value)));

/** @param raw - name of (rows, 1) float64.  @returns name of share · (raw − center) / scale. */
function addShare(graph: OnnxGraph, raw: string, name: string, by: Calibration & { readonly share: number }): string {
  const centered = graph.node('Sub', [raw, float64(graph, `${name}/center`, by.center)]);
  return graph.node('Mul', [centered, float64(graph, `${name}/gain`, by.share / by.scale)]);
}

/** z → (0, 1). */
function addSquash(graph: OnnxGraph, z: string): string {
  const [one, half] = [float64(graph, 'squash/one', 1), float64(graph, 'squash/half', 0.5)];
  const size = graph.node('Add', [graph.node('Abs', [z]), one]);
  const halved = graph.node('Mul', [graph.node('Div', [z, size]), half]);
  return graph.node('Add', [halved, half]);
}

function addWeightedSum(graph: OnnxGraph, features: string, state: AnomalyEnsembleState): string {
  const total = totalWeight(state);
  const forest = addForest(graph, features, state.forest, 'forest/score');
  const wide = graph.node('Cast', [forest], { attributes: { to: { int: 11 } } });
  const shares = state.members.map((member) => {
    const by = { center: member.center, scale: member.scale, share: member.weight / total };
    return addShare(graph, addMember(graph, features, member.state), member.state.kind, by);
  });
  return graph.node('Sum', [
    addShare(graph, wide, 'forest', { ...state.forestCalibration, share: 1 / total }),
    ...shares,
  ]);
}

/**
 * The chosen detector as an ONNX file: `features` float32 (rows, featureCount) → `score` float32 (rows, 1). Agrees with
 * `predict` to 1e-5. The same state gives the same bytes. An ensemble's graph holds rows × references numbers: feed it
 * some thousand rows a call.
 */
export function toOnnx(state: AnomalyEnsembleState): Uint8Array {
  const graph = new OnnxGraph(state.kind);
  const features = graph.input(ensembleGraph.input, 'float32', ['rows', state.forest.featureCount]);
  if (state.choice === 'forest') addForest(graph, features, state.forest, ensembleGraph.score);
  else {
    const score = addSquash(graph, addWeightedSum(graph, features, state));
    graph.node('Cast', [score], { attributes: { to: { int: 1 } }, outputs: [ensembleGraph.score] });
  }
  graph.output(ensembleGraph.score, 'float32', ['rows', 1]);
  return encodeOnnxModel(graph, { metadata: { estimator: state.kind, choice: state.choice } });
}
