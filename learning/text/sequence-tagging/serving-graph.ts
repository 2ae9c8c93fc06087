import { encodeOnnxModel, int64s, OnnxGraph, tensor } from '../../onnx/index.js';
import type { CrfModel } from './crf.js';

/** Names of the graph's input and output. */
export const taggingGraph = { features: 'features', scores: 'scores' } as const;

/** A feature whose weights are all smaller changes nothing that anybody could see. */
const SMALLEST_WEIGHT = 1e-3;

/** What serving needs of a fitted field: the features that weigh something and their weights, one row a feature. */
export interface DenseWeights {
  /** (features,) */
  readonly hashes: Int32Array;
  /** (features + 1, labels); row 0 is for unknown features and is 0. */
  readonly weights: Float32Array;
}

/** Leaves out features without weight and spreads the rest over all labels. */
export function denseWeights({ index, pairs, weights, set }: CrfModel): DenseWeights {
  const labels = set.labels.length;
  const all = index.hashes();
  const kept: number[] = [];
  for (let feature = 1; feature <= all.length; feature++) {
    const own = weights.subarray(pairs.starts[feature], pairs.starts[feature + 1]);
    if (own.some((weight) => Math.abs(weight) >= SMALLEST_WEIGHT)) kept.push(feature);
  }
  const dense = new Float32Array((kept.length + 1) * labels);
  kept.forEach((feature, row) => {
    for (let pair = pairs.starts[feature]!; pair < pairs.starts[feature + 1]!; pair++)
      dense[(row + 1) * labels + pairs.labels[pair]!] = weights[pair]!;
  });
  return { hashes: Int32Array.from(kept, (feature) => all[feature - 1]!), weights: dense };
}

/**
 * The field's scores as a graph: `features` (tokens, width) numbers from 1, 0 where a token has fewer → `scores`
 * (tokens, labels), the sum of the features' weights and the labels' offsets.
 */
export function taggingOnnx({ hashes, weights }: DenseWeights, offsets: Float32Array): Uint8Array {
  const labels = offsets.length;
  const graph = new OnnxGraph('tagging');
  const features = graph.input(taggingGraph.features, 'int32', ['tokens', 'width']);
  const table = graph.constant('weights', tensor('float32', [hashes.length + 1, labels], weights));
  const rows = graph.node('Gather', [table, features]);
  const sums = graph.node('ReduceSum', [rows, graph.constant('axis', int64s(1))], {
    attributes: { keepdims: { int: 0 } },
  });
  const offset = graph.constant('offsets', tensor('float32', [labels], offsets));
  graph.node('Add', [sums, offset], { outputs: [taggingGraph.scores] });
  graph.output(taggingGraph.scores, 'float32', ['tokens', labels]);
  return encodeOnnxModel(graph);
}
