import { Tensor } from 'onnxruntime-node';
import type { Graph } from './open-graph.js';

/** Names of a graph's one input and of the outputs that are wanted. */
export interface GraphNames<Output extends string> {
  readonly input: string;
  readonly outputs: readonly Output[];
}

/**
 * Runs a graph on rows of float32 numbers.
 * @param values - (rows, width) row-major, width > 0.
 * @returns each output's values by name, one a row.
 */
export function runGraph<Output extends string>(
  graph: Graph,
  { input, outputs }: GraphNames<Output>,
  values: Float32Array,
  rows: number,
): Readonly<Record<Output, Float32Array>> {
  const features = new Tensor('float32', values, [rows, values.length / rows]);
  const answer = graph.run({ [input]: features }, outputs);
  const found = {} as Record<Output, Float32Array>;
  for (const output of outputs) found[output] = answer[output]!.data as Float32Array;
  return found;
}
