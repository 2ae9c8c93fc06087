import { encodeOnnxModel, OnnxGraph, treeEnsembleRegressor } from '../../onnx/index.js';
import type { GradientBoostingState } from './state.js';

/** Names of the graph's one input and its outputs. */
export const boostingGraph = { input: 'features', margin: 'margin', probability: 'probability' } as const;

/**
 * The trees as an ONNX file: `features` float32 (rows, featureCount) with NaN for missing → `margin` and,
 * for the objective `logistic`, `probability`, float32 (rows, 1). Agrees with `predict` to 1e-6. The same state gives the same bytes.
 */
export function toOnnx(state: GradientBoostingState): Uint8Array {
  const graph = new OnnxGraph('gradient-boosting');
  const features = graph.input(boostingGraph.input, 'float32', ['rows', state.featureCount]);
  const margin = treeEnsembleRegressor(graph, features, state.trees, {
    base: state.baseMargin,
    output: boostingGraph.margin,
  });
  graph.output(boostingGraph.margin, 'float32', ['rows', 1]);
  if (state.objective === 'logistic') {
    graph.node('Sigmoid', [margin], { outputs: [boostingGraph.probability] });
    graph.output(boostingGraph.probability, 'float32', ['rows', 1]);
  }
  return encodeOnnxModel(graph, { metadata: { estimator: 'gradient-boosting', objective: state.objective } });
}
