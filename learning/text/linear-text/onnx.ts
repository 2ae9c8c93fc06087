import { encodeOnnxModel, OnnxGraph, tensor } from '../../onnx/index.js';
import type { LinearTextState } from './linear-text.js';

/** Names of the graph's inputs and output. */
export const linearTextGraph = { columns: 'columns', values: 'values', scores: 'scores' } as const;

/**
 * Writes the model as an ONNX file that scores one text: `columns` int32 (entries,) and `values` float32 (1, entries) of
 * its non-zero n-grams, with value 1 in the last column for the bias → `scores` float32 (1, classes). O(entries ·
 * classes) per text, independent of the vocabulary's size.
 */
export function linearTextToOnnx({ weights, classes }: LinearTextState): Uint8Array {
  const graph = new OnnxGraph('linear-text');
  const columns = graph.input(linearTextGraph.columns, 'int32', ['entries']);
  const values = graph.input(linearTextGraph.values, 'float32', [1, 'entries']);
  const table = graph.constant('weights', tensor('float32', [weights.length / classes, classes], weights));
  const rows = graph.node('Gather', [table, columns]);
  graph.node('MatMul', [values, rows], { outputs: [linearTextGraph.scores] });
  graph.output(linearTextGraph.scores, 'float32', [1, classes]);
  return encodeOnnxModel(graph, { metadata: { estimator: 'linear-text' } });
}
