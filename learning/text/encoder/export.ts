import { encodeOnnxModel, OnnxGraph } from '../../onnx/index.js';
import type { Encoder } from './encoder.js';
import { constantOf, declareInputs, encode, meanPool, noDropout, trainedLinear, type EncoderFrame } from './forward.js';
import type { EncoderModel } from './fine-tuning.js';
import { quantizedLinear, quantizedWords } from './quantized.js';
import type { NamedTensor } from './safetensors.js';
import { GradientTape } from './tape.js';
import type { Head } from './training-graph.js';

/** Number format of a serving graph. `int8` has a quarter of the size, half the time, 0.1 points less accuracy. */
export type Precision = 'fp32' | 'int8';

/** Output names of a serving graph. */
export const servingOutputs = { logits: 'logits', embedding: 'embedding' } as const;

type Parts = Pick<Encoder, 'config' | 'weights'> & { readonly trained: ReadonlyMap<string, NamedTensor> };

function servingFrame(tape: GradientTape, { config, weights, trained }: Parts, precision: Precision): EncoderFrame {
  const { graph } = tape;
  const named = (name: string): NamedTensor => trained.get(name)!;
  const weight = (name: string): string => constantOf(graph, name, named(name));
  const shared = { tape, config, weight, positions: constantOf(graph, 'positions', weights.positions) };
  if (precision === 'int8') {
    const words = quantizedWords(shared, weights.words);
    return { ...shared, dropout: noDropout, linear: quantizedLinear(shared, named), words };
  }
  const table = constantOf(graph, 'words', weights.words);
  const words = (ids: string): string => tape.op('Gather', [table, ids]);
  return { ...shared, dropout: noDropout, linear: (x, name) => trainedLinear(shared, x, name), words };
}

/** Declares a value as an output of the graph under this name. */
function publish(tape: GradientTape, value: string, name: string, dims: readonly (string | number)[]): void {
  tape.graph.node('Identity', [value], { outputs: [name] });
  tape.graph.output(name, 'float32', dims);
}

/** Adds the head in float32 for either precision: it is small, and thresholds depend on its logits. */
function addHead(frame: EncoderFrame, x: string, { level, classes }: Head): void {
  const logits = trainedLinear(frame, x, 'head');
  if (level === 'sequence') {
    publish(frame.tape, logits, servingOutputs.logits, ['batch', classes]);
    return;
  }
  const { tape } = frame;
  const sizes = tape.op('Concat', [tape.op('Shape', ['input_ids']), tape.integers(classes)], { axis: { int: 0 } });
  publish(tape, tape.op('Reshape', [logits, sizes]), servingOutputs.logits, ['batch', 'length', classes]);
}

/** Writes the pretrained encoder as an ONNX file with output `embedding` (batch, hidden), the mean over the pieces. */
export function exportFrozenEncoder(encoder: Encoder, precision: Precision): Uint8Array {
  const tape = new GradientTape(new OnnxGraph('encoder'));
  const frame = servingFrame(tape, { ...encoder, trained: encoder.weights.trained() }, precision);
  const inputs = declareInputs(tape.graph);
  const pooled = meanPool(frame, encode(frame, inputs), inputs.mask);
  publish(tape, pooled, servingOutputs.embedding, ['batch', encoder.config.hidden]);
  return encodeOnnxModel(tape.graph, { metadata: metadataOf(encoder, precision) });
}

const metadataOf = ({ name, weightsSha256 }: Encoder, precision: Precision): Record<string, string> => ({
  encoder: name,
  encoderSha256: weightsSha256,
  precision,
});

/** Options of `exportEncoder`. */
export interface ExportOptions {
  /** Whether the head reads embeddings of unit length, as it was fitted. @default false */
  readonly unitLength?: boolean;
}

/**
 * Writes a fine-tuned model as an ONNX file. Inputs as Hugging Face names them: `input_ids` and `attention_mask`
 * (batch, length). Outputs: `logits`, (batch, classes) at sequence level and (batch, length, classes) at token level;
 * at sequence level also `embedding` (batch, hidden), not scaled.
 */
export function exportEncoder(
  { encoder, head, trained, maximumLength }: EncoderModel,
  precision: Precision,
  { unitLength = false }: ExportOptions = {},
): Uint8Array {
  const tape = new GradientTape(new OnnxGraph('fine-tuned encoder'));
  const frame = servingFrame(tape, { ...encoder, trained }, precision);
  const inputs = declareInputs(tape.graph);
  const pieces = encode(frame, inputs);
  const x = head.level === 'token' ? pieces : meanPool(frame, pieces, inputs.mask);
  if (head.level === 'sequence') publish(tape, x, servingOutputs.embedding, ['batch', encoder.config.hidden]);
  const headInput = unitLength ? tape.op('LpNormalization', [x], { axis: { int: -1 }, p: { int: 2 } }) : x;
  addHead(frame, headInput, head);
  const facts = { level: head.level, classes: String(head.classes), maximumLength: String(maximumLength) };
  return encodeOnnxModel(tape.graph, { metadata: { ...metadataOf(encoder, precision), ...facts } });
}
