import { encodeOnnxModel, int64s, OnnxGraph, tensor } from '../../onnx/index.js';
import type { CrfModel } from './crf.js';

/** Names of the graph's input and output. */
export const taggingGraph = { features: 'features', scores: 'scores' } as const;

/** Features with smaller absolute weights only are dropped: their effect on scores is negligible. */
const SMALLEST_WEIGHT = 1e-3;

/** Weights of a fitted field for serving: one dense row per feature. */
export interface DenseWeights {
  /** (features,) */
  readonly hashes: Int32Array;
  /** (features + 1, labels) row-major; row 0 belongs to unknown features and is zero. */
  readonly weights: Float32Array;
}

/** Drops features with negligible weights and expands the others to all labels. */
export function denseWeights({ index, pairs, weights, set }: CrfModel): DenseWeights {
  const labels = set.labels.length;
  const all = index.hashes();
  const kept: number[] = [];
  for (let feature = 1; feature <= all.length; feature++) {
    const featureWeights = weights.subarray(pairs.starts[feature], pairs.starts[feature + 1]);
    if (featureWeights.some((weight) => Math.abs(weight) >= SMALLEST_WEIGHT)) kept.push(feature);
  }
  const dense = new Float32Array((kept.length + 1) * labels);
  kept.forEach((feature, row) => {
    for (let pair = pairs.starts[feature]!; pair < pairs.starts[feature + 1]!; pair++)
      dense[(row + 1) * labels + pairs.labels[pair]!] = weights[pair]!;
  });
  return { hashes: Int32Array.from(kept, (feature) => all[feature - 1]!), weights: dense };
}

/**
 * The scoring graph in ONNX: `features` (tokens, width) int32, feature numbers padded with 0 → `scores` (tokens, labels)
 * float32, the sum of the features' weights and the labels' offsets.
 * @param offsets - (labels,) added to each token's scores.
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
