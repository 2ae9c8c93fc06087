import { tensor, type OnnxGraph } from '../../onnx/index.js';
import type { EncoderConfig } from './config.js';
import * as ops from './differentiable-ops.js';
import type { NamedTensor } from './safetensors.js';
import type { GradientTape } from './tape.js';

/** The parts that differ between training, scoring and serving graphs. */
export interface EncoderFrame {
  readonly tape: GradientTape;
  readonly config: EncoderConfig;
  /** @returns the name of a trained weight's value in the graph. */
  readonly weight: (name: string) => string;
  /** x · weight + bias with the weights of this name; quantised in int8 graphs. */
  readonly linear: (x: string, name: string) => string;
  /** Looks up word embeddings: (batch, length) piece ids → (batch, length, hidden). */
  readonly words: (ids: string) => string;
  /** (positions, hidden) table. */
  readonly positions: string;
  readonly dropout: Dropout;
}

/** Dropout of a graph. */
export interface Dropout {
  /** @param site - number of the dropout position, from 0; see `hiddenSites`. */
  readonly hidden: (x: string, site: number) => string;
  /** @returns the mask of a layer's attention weights; null = no dropout. */
  readonly attention: (layer: number, shape: string) => string | null;
}

/** Dropout that leaves all values unchanged. */
export const noDropout: Dropout = { hidden: (x) => x, attention: () => null };

/** Number of positions of `Dropout.hidden`: one after the embeddings and two per layer. */
export const hiddenSites = ({ layers }: EncoderConfig): number => 1 + 2 * layers;

/** x · weight + bias in float32. */
export const trainedLinear = (
  { tape, weight }: Pick<EncoderFrame, 'tape' | 'weight'>,
  x: string,
  name: string,
): string => ops.linear(tape, x, { weight: weight(`${name}.weight`), bias: weight(`${name}.bias`) });

/** Adds a tensor to the graph as a constant. */
export const constantOf = (graph: OnnxGraph, name: string, { dims, data }: NamedTensor): string =>
  graph.constant(name, tensor('float32', dims, data));

/** Attention score of padding. Finite, because −∞ gives NaN for a row of padding only. */
const MASKED_SCORE = -1e9;

/** Declares the inputs `input_ids` and `attention_mask`, both (batch, length) int64. */
export const declareInputs = (graph: OnnxGraph): { ids: string; mask: string } => ({
  ids: graph.input('input_ids', 'int64', ['batch', 'length']),
  mask: graph.input('attention_mask', 'int64', ['batch', 'length']),
});

interface Shapes {
  readonly sizes: string;
  readonly groups: string;
  readonly flat: string;
  /** int64 [batch, heads, length, length] */
  readonly scores: string;
  /** int64 [length] as a vector of one */
  readonly length: string;
}

function shapesOf({ tape, config }: EncoderFrame, ids: string): Shapes {
  const { heads, hidden } = config;
  const width = hidden / heads;
  const batchAndLength = tape.op('Shape', [ids]);
  const length = tape.op('Slice', [batchAndLength, tape.integers(1), tape.integers(2)]);
  const batch = tape.op('Slice', [batchAndLength, tape.integers(0), tape.integers(1)]);
  const concatenate = (...parts: string[]): string => tape.op('Concat', parts, { axis: { int: 0 } });
  return {
    sizes: concatenate(batchAndLength, tape.integers(3, heads, width)),
    groups: concatenate(tape.integers(1), batchAndLength, tape.integers(heads, width)),
    flat: tape.integers(-1, hidden),
    scores: concatenate(tape.integers(1), batch, tape.integers(heads), length, length),
    length,
  };
}

function norm({ tape, config, weight }: EncoderFrame, x: string, name: string): string {
  const weights = { gain: weight(`${name}.gain`), bias: weight(`${name}.bias`), epsilon: config.epsilon };
  return ops.layerNorm(tape, x, weights);
}

function layer(
  frame: EncoderFrame,
  x: string,
  index: number,
  parts: Omit<ops.AttentionParts, 'mask'> & Shapes,
): string {
  const { tape, dropout } = frame;
  const at = `layer.${index}`;
  const mask = dropout.attention(index, parts.scores);
  const mixed = ops.attention(tape, frame.linear(x, `${at}.attention`), { ...parts, mask });
  const attended = dropout.hidden(frame.linear(mixed, `${at}.output`), 1 + 2 * index);
  const middle = norm(frame, ops.add(tape, attended, x), `${at}.attentionNorm`);
  const wide = ops.gelu(tape, frame.linear(middle, `${at}.expand`));
  const narrow = dropout.hidden(frame.linear(wide, `${at}.contract`), 2 + 2 * index);
  return norm(frame, ops.add(tape, narrow, middle), `${at}.outputNorm`);
}

/**
 * The forward pass of BERT (Devlin et al. 2019) and DistilBERT (Sanh et al. 2019), which differ in weight names only.
 * @returns (batch · length, hidden), one vector per piece.
 */
export function encode(frame: EncoderFrame, { ids, mask }: { readonly ids: string; readonly mask: string }): string {
  const { tape, config } = frame;
  const shapes = shapesOf(frame, ids);
  const positions = tape.op('Slice', [frame.positions, tape.integers(0), shapes.length, tape.integers(0)]);
  const summed = tape.op('Add', [frame.words(ids), positions]);
  const embedded = norm(frame, tape.op('Reshape', [summed, shapes.flat]), 'embeddings.norm');
  const padding = tape.op('Sub', [tape.number(1), tape.op('Cast', [mask], { to: { int: 1 } })]);
  const bias = tape.op('Mul', [tape.op('Unsqueeze', [padding, tape.integers(1, 2)]), tape.number(MASKED_SCORE)]);
  const parts = { ...shapes, bias, headWidth: config.hidden / config.heads };
  let x = frame.dropout.hidden(embedded, 0);
  for (let index = 0; index < config.layers; index++) x = layer(frame, x, index, parts);
  return x;
}

/**
 * Mean over the pieces of each text, without padding.
 * @param x - (batch · length, hidden).  @returns (batch, hidden).
 */
export function meanPool(frame: EncoderFrame, x: string, mask: string): string {
  const { tape, config } = frame;
  const present = tape.op('Cast', [mask], { to: { int: 1 } });
  const total = tape.op('ReduceSum', [present, tape.integers(1)], { keepdims: { int: 1 } });
  const pieceWeights = tape.op('Unsqueeze', [tape.op('Div', [present, total]), tape.integers(1)]);
  const shape = tape.op('Concat', [tape.op('Shape', [mask]), tape.integers(config.hidden)], { axis: { int: 0 } });
  const pooled = tape.op('MatMul', [pieceWeights, tape.op('Reshape', [x, shape])]);
  const flat = tape.integers(-1, config.hidden);
  return tape.withDerivative(tape.op('Reshape', [pooled, flat]), (derivative) => {
    const spread = tape.op('Mul', [
      tape.op('Transpose', [pieceWeights], { perm: { ints: [0, 2, 1] } }),
      tape.op('Unsqueeze', [derivative, tape.integers(1)]),
    ]);
    tape.accumulate(x, tape.op('Reshape', [spread, flat]));
  });
}
