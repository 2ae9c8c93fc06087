import { createRandom } from '../../numeric/random/index.js';
import { encodeOnnxModel, OnnxGraph, tensor } from '../../onnx/index.js';
import type { EncoderConfig } from './config.js';
import {
  constantOf,
  declareInputs,
  encode,
  hiddenSites,
  meanPool,
  noDropout,
  trainedLinear,
  type Dropout,
  type EncoderFrame,
} from './forward.js';
import { applyMask } from './differentiable-ops.js';
import type { NamedTensor } from './safetensors.js';
import { GradientTape } from './tape.js';

/** A linear classification head on the encoder. */
export interface Head {
  /** `sequence`: one answer per text, from the mean of its pieces; `token`: one per piece. */
  readonly level: 'sequence' | 'token';
  /** False: classes exclude each other (softmax); true: each is present or absent on its own (sigmoid). */
  readonly multiLabel: boolean;
  readonly classes: number;
}

/** Options of `buildTrainingGraph`. */
export interface TrainingGraphOptions {
  readonly config: EncoderConfig;
  readonly head: Head;
  /** Names and shapes of the trained weights, head included. */
  readonly trained: ReadonlyMap<string, { readonly dims: readonly number[] }>;
  readonly positions: NamedTensor;
  /** Share of values set to 0 in training. */
  readonly dropout: number;
  /** Maximum sequence length in pieces. */
  readonly maximumLength: number;
  readonly seed: number;
}

/** Number of precomputed dropout masks; each token draws one of them. */
export const DROPOUT_ROWS = 4096;

/** Names of the graph's inputs other than the trained weights. */
export const trainingInputs = {
  words: 'words',
  targets: 'targets',
  scale: 'scale',
  hiddenRows: 'dropout/hidden',
  attentionRows: 'dropout/attention',
  headRows: 'dropout/head',
} as const;

/** A training graph with the names of its outputs. */
export interface TrainingGraph {
  readonly bytes: Uint8Array;
  /** Output name of each gradient, by name of the trained weight. */
  readonly gradients: ReadonlyMap<string, string>;
  readonly loss: string;
}

type InputsOf = Pick<TrainingGraphOptions, 'config' | 'trained' | 'positions'>;

function frameWithInputs(tape: GradientTape, { config, trained, positions }: InputsOf, dropout: Dropout): EncoderFrame {
  const { graph } = tape;
  for (const [name, { dims }] of trained) graph.input(name, 'float32', dims);
  const table = graph.input(trainingInputs.words, 'float32', [config.vocabulary, config.hidden]);
  const weight = (name: string): string => name;
  return {
    tape,
    config,
    weight,
    linear: (x, name) => trainedLinear({ tape, weight }, x, name),
    words: (ids) => tape.op('Gather', [table, ids]),
    positions: constantOf(graph, 'positions', positions),
    dropout,
  };
}

/**
 * A fixed random table of dropout masks, of which every token, position and step draws a row. Drawing each of 1.6
 * million values per step would take longer than the optimiser, and the state of onnxruntime's random operators cannot
 * be restored from a checkpoint.
 * @returns (DROPOUT_ROWS, width).
 */
function maskTable({ dropout, seed, config, maximumLength }: TrainingGraphOptions): Float32Array {
  const random = createRandom(seed).fork('dropout table');
  const keptValue = 1 / (1 - dropout);
  const size = DROPOUT_ROWS * Math.max(config.hidden, maximumLength);
  return Float32Array.from({ length: size }, () => (random.uniform() < dropout ? 0 : keptValue));
}

interface TableDropout extends Dropout {
  readonly head: (x: string) => string;
}

function tableDropout(tape: GradientTape, options: TrainingGraphOptions): TableDropout {
  const { config, maximumLength } = options;
  if (options.dropout === 0) return { ...noDropout, head: (x) => x };
  const { graph } = tape;
  const width = Math.max(config.hidden, maximumLength);
  const table = graph.constant('dropout table', tensor('float32', [DROPOUT_ROWS, width], maskTable(options)));
  const firstColumns = (count: string): string => tape.op('Slice', [table, tape.integers(0), count, tape.integers(1)]);
  const hiddenTable = width === config.hidden ? table : firstColumns(tape.integers(config.hidden));
  const hiddenRows = graph.input(trainingInputs.hiddenRows, 'int32', [hiddenSites(config), 'tokens']);
  const attentionRows = graph.input(trainingInputs.attentionRows, 'int32', [config.layers, 'scores']);
  const headRows = graph.input(trainingInputs.headRows, 'int32', ['answers']);
  const pick = (rows: string, index: number): string =>
    tape.op('Squeeze', [tape.op('Gather', [rows, tape.integers(index)]), tape.integers(0)]);
  const rowsOf = (from: string, rows: string): string => tape.op('Gather', [from, rows]);
  let attentionTable: string | undefined;
  return {
    hidden: (x, site) => applyMask(tape, x, rowsOf(hiddenTable, pick(hiddenRows, site))),
    attention: (layer, shape) => {
      const length = tape.op('Slice', [shape, tape.integers(-1), tape.integers(5)]);
      attentionTable ??= firstColumns(length);
      return tape.op('Reshape', [rowsOf(attentionTable, pick(attentionRows, layer)), shape]);
    },
    head: (x) => applyMask(tape, x, rowsOf(hiddenTable, headRows)),
  };
}

const buildLogits = (frame: EncoderFrame, head: Head, dropHead: (x: string) => string): string => {
  const inputs = declareInputs(frame.tape.graph);
  const pieces = encode(frame, inputs);
  const x = head.level === 'token' ? pieces : meanPool(frame, pieces, inputs.mask);
  return trainedLinear(frame, dropHead(x), 'head');
};

/** Loss per answer and class, and its derivative with respect to the logits. */
interface Loss {
  readonly loss: string;
  readonly derivative: string;
}

/** Cross-entropy against soft targets. Rows without targets (padding, non-first pieces of a word) have loss 0. */
function softmaxLoss(tape: GradientTape, logits: string, targets: string): Loss {
  const logarithms = tape.op('LogSoftmax', [logits], { axis: { int: -1 } });
  const loss = tape.op('Neg', [tape.op('Mul', [targets, logarithms])]);
  const mass = tape.op('ReduceSum', [targets, tape.integers(-1)], { keepdims: { int: 1 } });
  const probabilities = tape.op('Softmax', [logits], { axis: { int: -1 } });
  return { loss, derivative: tape.op('Sub', [tape.op('Mul', [probabilities, mass]), targets]) };
}

/** Binary cross-entropy averaged over classes: softplus(z) − t·z, stable for large z. */
function sigmoidLoss(
  tape: GradientTape,
  logits: string,
  { targets, classes }: { readonly targets: string; readonly classes: number },
): Loss {
  const share = tape.number(1 / classes);
  const positive = tape.op('Relu', [logits]);
  const tail = tape.op('Softplus', [tape.op('Neg', [tape.op('Abs', [logits])])]);
  const perClass = tape.op('Sub', [tape.op('Add', [positive, tail]), tape.op('Mul', [targets, logits])]);
  const difference = tape.op('Sub', [tape.op('Sigmoid', [logits]), targets]);
  return { loss: tape.op('Mul', [perClass, share]), derivative: tape.op('Mul', [difference, share]) };
}

/**
 * Forward and backward pass of encoder and head as one graph of standard operators, so that any ONNX runtime can run a
 * training step. Inputs: `input_ids` and `attention_mask` (batch, length), `targets` (answers, classes), `scale` (one
 * over the number of answers with targets), the weights, and with dropout the rows of the mask table. Outputs: the loss
 * and the gradient of each weight.
 */
export function buildTrainingGraph(options: TrainingGraphOptions): TrainingGraph {
  const { head, trained } = options;
  const graph = new OnnxGraph('encoder training');
  const tape = new GradientTape(graph);
  const dropout = tableDropout(tape, options);
  const logits = buildLogits(frameWithInputs(tape, options, dropout), head, dropout.head);
  const targets = graph.input(trainingInputs.targets, 'float32', ['answers', head.classes]);
  const scale = graph.input(trainingInputs.scale, 'float32', []);
  const { loss, derivative } = head.multiLabel
    ? sigmoidLoss(tape, logits, { targets, classes: head.classes })
    : softmaxLoss(tape, logits, targets);
  tape.backward([[logits, tape.op('Mul', [derivative, scale])]]);
  const total = tape.op('Mul', [tape.op('ReduceSum', [loss], { keepdims: { int: 0 } }), scale]);
  graph.output(total, 'float32', []);
  const gradients = new Map<string, string>();
  for (const [name, { dims }] of trained) {
    const output = tape.derivativeOf(name)!;
    graph.output(output, 'float32', dims);
    gradients.set(name, output);
  }
  return { bytes: encodeOnnxModel(graph), gradients, loss: total };
}

/** Forward pass with the weights as inputs, which scores validation examples without copying the weights. */
export function buildScoringGraph(options: InputsOf & { readonly head: Head }): { bytes: Uint8Array; logits: string } {
  const tape = new GradientTape(new OnnxGraph('encoder scoring'));
  const logits = buildLogits(frameWithInputs(tape, options, noDropout), options.head, (x) => x);
  tape.graph.output(logits, 'float32', ['answers', options.head.classes]);
  return { bytes: encodeOnnxModel(tape.graph), logits };
}
