import { tensor } from '../../onnx/index.js';
import type { EncoderFrame } from './forward.js';
import type { NamedTensor } from './safetensors.js';

type Named = (name: string) => NamedTensor;

/**
 * Weights are signed and use 7 of their 8 bits: with the eighth, sums of two products saturate on AVX2 without VNNI.
 * Unsigned weights would not saturate, but the runtime's kernel for them is slower.
 */
const LARGEST_WEIGHT = 63;

/** Columns (an output each) to 7 bits, symmetric, with a scale a column. */
export function quantizeColumns({ dims, data }: NamedTensor): { values: Int8Array; scales: Float32Array } {
  const width = dims[1]!;
  const scales = new Float32Array(width);
  for (let i = 0; i < data.length; i++) scales[i % width] = Math.max(scales[i % width]!, Math.abs(data[i]!));
  for (let j = 0; j < width; j++) scales[j] = scales[j]! / LARGEST_WEIGHT || 1;
  const values = new Int8Array(data.length);
  for (let i = 0; i < data.length; i++) values[i] = Math.round(data[i]! / scales[i % width]!);
  return { values, scales };
}

/** Rows (a piece's vector each) to signed 8 bits, with a scale a row. */
export function quantizeRows({ dims, data }: NamedTensor): { values: Int8Array; scales: Float32Array } {
  const [rows, width] = dims as [number, number];
  const scales = new Float32Array(rows);
  const values = new Int8Array(data.length);
  for (let row = 0; row < rows; row++) {
    let most = 0;
    for (let j = 0; j < width; j++) most = Math.max(most, Math.abs(data[row * width + j]!));
    scales[row] = most / 127 || 1;
    for (let j = 0; j < width; j++) values[row * width + j] = Math.round(data[row * width + j]! / scales[row]!);
  }
  return { values, scales };
}

/**
 * x · weight + bias with 8-bit products: the activations' scale is found when the graph runs (dynamic quantisation, as
 * onnxruntime's `quantize_dynamic`), over all rows of the batch, so single texts are the most exact.
 */
export function quantizedLinear({ tape }: Pick<EncoderFrame, 'tape'>, named: Named) {
  const { graph } = tape;
  return (x: string, name: string): string => {
    const weight = named(`${name}.weight`);
    const { values, scales } = quantizeColumns(weight);
    const outputs = [`${name}/x`, `${name}/scale`, `${name}/zero`];
    graph.node('DynamicQuantizeLinear', [x], { outputs });
    const kept = graph.constant(`${name}.quantized`, tensor('int8', weight.dims, values));
    const product = tape.op('MatMulInteger', [outputs[0]!, kept, outputs[2]!]);
    const columnScales = graph.constant(`${name}.scales`, tensor('float32', [scales.length], scales));
    const scale = tape.op('Mul', [outputs[1]!, columnScales]);
    const { dims, data } = named(`${name}.bias`);
    const bias = graph.constant(`${name}.bias`, tensor('float32', dims, data));
    return tape.op('Add', [tape.op('Mul', [tape.op('Cast', [product], { to: { int: 1 } }), scale]), bias]);
  };
}

/** The word table in 8 bits, a quarter of the file. */
export function quantizedWords({ tape }: Pick<EncoderFrame, 'tape'>, words: NamedTensor) {
  const { values, scales } = quantizeRows(words);
  const table = tape.graph.constant('words.quantized', tensor('int8', words.dims, values));
  const rowScales = tape.graph.constant('words.scales', tensor('float32', [scales.length, 1], scales));
  return (ids: string): string => {
    const vectors = tape.op('Cast', [tape.op('Gather', [table, ids])], { to: { int: 1 } });
    return tape.op('Mul', [vectors, tape.op('Gather', [rowScales, ids])]);
  };
}
