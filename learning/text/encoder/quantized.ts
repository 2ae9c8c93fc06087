import { tensor } from '../../onnx/index.js';
import type { EncoderFrame } from './forward.js';
import type { NamedTensor } from './safetensors.js';

type Named = (name: string) => NamedTensor;

/**
 * Weights are signed and use 7 of 8 bits: with 8 bits, sums of two products saturate on AVX2 without VNNI. Unsigned
 * weights do not saturate, but onnxruntime's kernel for them is slower.
 */
const MAXIMUM_WEIGHT = 63;

/** Quantises columns (one per output) symmetrically to 7 bits with one scale per column. */
export function quantizeColumns({ dims, data }: NamedTensor): { values: Int8Array; scales: Float32Array } {
  const width = dims[1]!;
  const scales = new Float32Array(width);
  for (let i = 0; i < data.length; i++) scales[i % width] = Math.max(scales[i % width]!, Math.abs(data[i]!));
  for (let j = 0; j < width; j++) scales[j] = scales[j]! / MAXIMUM_WEIGHT || 1;
  const values = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = Math.round(data[i]! / scales[i % width]!);
  return { values, scales };
}

/** Quantises rows (one per piece) symmetrically to 8 bits with one scale per row. */
export function quantizeRows({ dims, data }: NamedTensor): { values: Int8Array; scales: Float32Array } {
  const [rows, width] = dims as [number, number];
  const scales = new Float32Array(rows);
  const values = new Int8Array(data.length);
  for (let row = 0; row < rows; row++) {
    let largest = 0;
    for (let j = 0; j < width; j++) largest = Math.max(largest, Math.abs(data[row * width + j]!));
    scales[row] = largest / 127 || 1;
    for (let j = 0; j < width; j++) values[row * width + j] = Math.round(data[row * width + j]! / scales[row]!);
  }
  return { values, scales };
}

/**
 * x · weight + bias with 8-bit products. The scale of the activations is computed at run time over all rows of the batch
 * (dynamic quantisation, as onnxruntime's `quantize_dynamic`), so batches of one text are the most exact.
 */
export function quantizedLinear({ tape }: Pick<EncoderFrame, 'tape'>, named: Named) {
  const { graph } = tape;
  return (x: string, name: string): string => {
    const weight = named(`${name}.weight`);
    const { values, scales } = quantizeColumns(weight);
    const outputs = [`${name}/x`, `${name}/scale`, `${name}/zero`];
    graph.node('DynamicQuantizeLinear', [x], { outputs });
    const quantizedWeight = graph.constant(`${name}.quantized`, tensor('int8', weight.dims, values));
    const product = tape.op('MatMulInteger', [outputs[0]!, quantizedWeight, outputs[2]!]);
    const columnScales = graph.constant(`${name}.scales`, tensor('float32', [scales.length], scales));
    const scale = tape.op('Mul', [outputs[1]!, columnScales]);
    const { dims, data } = named(`${name}.bias`);
    const bias = graph.constant(`${name}.bias`, tensor('float32', dims, data));
    return tape.op('Add', [tape.op('Mul', [tape.op('Cast', [product], { to: { int: 1 } }), scale]), bias]);
  };
}

/** Lookup in the word embeddings, quantised to 8 bits. */
export function quantizedWords({ tape }: Pick<EncoderFrame, 'tape'>, words: NamedTensor) {
  const { values, scales } = quantizeRows(words);
  const table = tape.graph.constant('words.quantized', tensor('int8', words.dims, values));
  const rowScales = tape.graph.constant('words.scales', tensor('float32', [scales.length, 1], scales));
  return (ids: string): string => {
    const vectors = tape.op('Cast', [tape.op('Gather', [table, ids])], { to: { int: 1 } });
    return tape.op('Mul', [vectors, tape.op('Gather', [rowScales, ids])]);
  };
}
