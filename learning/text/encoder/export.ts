import { encodeOnnxModel, OnnxGraph } from '../../onnx/index.js';
import type { Encoder } from './encoder.js';
import { constantOf, declareInputs, encode, meanPool, noDropout, trainedLinear, type EncoderFrame } from './forward.js';
import type { EncoderModel } from './fine-tuning.js';
import { quantizedLinear, quantizedWords } from './quantized.js';
import type { NamedTensor } from './safetensors.js';
import { GradientTape } from './tape.js';
import type { Head } from './training-graph.js';

/** `int8`: a quarter of the size and about half the time, for about 0.1 points of accuracy. */
export type Precision = 'fp32' | 'int8';

/** Outputs of a serving graph. */
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

/** Gives a value the name under which it leaves the graph. */
function publish(tape: GradientTape, value: string, name: string, dims: readonly (string | number)[]): void {
  tape.graph.node('Identity', [value], { outputs: [name] });
  tape.graph.output(name, 'float32', dims);
}

/** The head stays in float32: it is small, and thresholds hang on it. */
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

/** The pretrained encoder alone: `embedding` (batch, hidden), the mean over a text's pieces. */
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

export interface ExportOptions {
  /** The head reads embeddings scaled to length 1; for a head that was fitted on such. @default false */
  readonly unitLength?: boolean;
}

/**
 * Writes a fine-tuned model as an ONNX file. Inputs `input_ids` and `attention_mask` (batch, length) as Hugging Face
 * names them; outputs `logits` (batch, classes), for tokens (batch, length, classes), and for texts `embedding`, which
 * is never scaled.
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
  const read = unitLength ? tape.op('LpNormalization', [x], { axis: { int: -1 }, p: { int: 2 } }) : x;
  addHead(frame, read, head);
  const facts = { level: head.level, classes: String(head.classes), maximumLength: String(maximumLength) };
  return encodeOnnxModel(tape.graph, { metadata: { ...metadataOf(encoder, precision), ...facts } });
}
