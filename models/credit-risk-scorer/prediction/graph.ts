import type { Calibration } from '../../../learning/evaluation/calibration/calibration.js';
import { calibrationNodes } from '../../../learning/evaluation/calibration/calibration-graph.js';
import { boostingGraph, type GradientBoostingState } from '../../../learning/tabular/gradient-boosting/index.js';
import { encodeOnnxModel, OnnxGraph, treeEnsembleRegressor } from '../../../learning/onnx/index.js';

/** The graph's input and outputs; `margin` is before, `probability` after calibration. */
export const creditGraph = boostingGraph;

/**
 * Trees and calibration in one ONNX file: `features` float32 (rows, encodedWidth), NaN for missing → `margin` and
 * `probability`, float32 (rows, 1). The same trees give the same bytes.
 */
export function scorerGraph(trees: GradientBoostingState, fitted: Calibration): Uint8Array {
  const graph = new OnnxGraph('credit-risk');
  const features = graph.input(creditGraph.input, 'float32', ['rows', trees.featureCount]);
  const options = { base: trees.baseMargin, output: creditGraph.margin };
  const margin = treeEnsembleRegressor(graph, features, trees.trees, options);
  calibrationNodes(graph, margin, fitted, creditGraph.probability);
  graph.output(creditGraph.margin, 'float32', ['rows', 1]);
  graph.output(creditGraph.probability, 'float32', ['rows', 1]);
  return encodeOnnxModel(graph, { metadata: { estimator: 'gradient-boosting', calibration: fitted.kind } });
}
