import { tensor, type OnnxGraph } from '../../onnx/index.js';
import type { EncoderConfig } from './config.js';
import * as rules from './differentiable-ops.js';
import type { NamedTensor } from './safetensors.js';
import type { GradientTape } from './tape.js';

/** What differs between a graph that trains, one that scores while training, and one that serves. */
export interface EncoderFrame {
  readonly tape: GradientTape;
  readonly config: EncoderConfig;
  /** @returns the name of a trained weight's value in the graph. */
  readonly weight: (name: string) => string;
  /** x · weight + bias of the part of this name; int8 graphs compute it their own way. */
  readonly linear: (x: string, name: string) => string;
  /** (batch, length) piece numbers to (batch, length, hidden) vectors. */
  readonly words: (ids: string) => string;
  /** (positions, hidden) table. */
  readonly positions: string;
  readonly dropout: Dropout;
}

/** Where chance strikes; without chance both give back what they got. */
export interface Dropout {
  /** @param site - number of the place, each with its own chance. */
  readonly hidden: (x: string, site: number) => string;
  /** @returns the mask over a layer's attention, or null. */
  readonly attention: (layer: number, shape: string) => string | null;
}

export const noDropout: Dropout = { hidden: (x) => x, attention: () => null };

/** Places of `Dropout.hidden`: after the embeddings and twice a layer. */
export const hiddenSites = ({ layers }: EncoderConfig): number => 1 + 2 * layers;

export const trainedLinear = (
  { tape, weight }: Pick<EncoderFrame, 'tape' | 'weight'>,
  x: string,
  name: string,
): string => rules.linear(tape, x, { weight: weight(`${name}.weight`), bias: weight(`${name}.bias`) });

export const constantOf = (graph: OnnxGraph, name: string, { dims, data }: NamedTensor): string =>
  graph.constant(name, tensor('float32', dims, data));

/** Very negative, but finite: an infinite score would make NaN of a row that is filling altogether. */
const NEVER = -1e9;

/** Declares the inputs of every graph here. */
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
  const both = tape.op('Shape', [ids]);
  const length = tape.op('Slice', [both, tape.integers(1), tape.integers(2)]);
  const batch = tape.op('Slice', [both, tape.integers(0), tape.integers(1)]);
  const joined = (...parts: string[]): string => tape.op('Concat', parts, { axis: { int: 0 } });
  return {
    sizes: joined(both, tape.integers(3, heads, width)),
    groups: joined(tape.integers(1), both, tape.integers(heads, width)),
    flat: tape.integers(-1, hidden),
    scores: joined(tape.integers(1), batch, tape.integers(heads), length, length),
    length,
  };
}

function norm({ tape, config, weight }: EncoderFrame, x: string, name: string): string {
  const weights = { gain: weight(`${name}.gain`), bias: weight(`${name}.bias`), epsilon: config.epsilon };
  return rules.layerNorm(tape, x, weights);
}

function layer(
  frame: EncoderFrame,
  x: string,
  index: number,
  parts: Omit<rules.AttentionParts, 'mask'> & Shapes,
): string {
  const { tape, dropout } = frame;
  const at = `layer.${index}`;
  const mask = dropout.attention(index, parts.scores);
  const mixed = rules.attention(tape, frame.linear(x, `${at}.attention`), { ...parts, mask });
  const attended = dropout.hidden(frame.linear(mixed, `${at}.output`), 1 + 2 * index);
  const middle = norm(frame, rules.add(tape, attended, x), `${at}.attentionNorm`);
  const wide = rules.gelu(tape, frame.linear(middle, `${at}.expand`));
  const narrow = dropout.hidden(frame.linear(wide, `${at}.contract`), 2 + 2 * index);
  return norm(frame, rules.add(tape, narrow, middle), `${at}.outputNorm`);
}

/**
 * The encoder of BERT (Devlin et al., 2019) and DistilBERT (Sanh et al., 2019), equal but for names.
 * @returns (batch · length, hidden), a vector a piece.
 */
export function encode(frame: EncoderFrame, { ids, mask }: { readonly ids: string; readonly mask: string }): string {
  const { tape, config } = frame;
  const shapes = shapesOf(frame, ids);
  const places = tape.op('Slice', [frame.positions, tape.integers(0), shapes.length, tape.integers(0)]);
  const summed = tape.op('Add', [frame.words(ids), places]);
  const embedded = norm(frame, tape.op('Reshape', [summed, shapes.flat]), 'embeddings.norm');
  const filling = tape.op('Sub', [tape.number(1), tape.op('Cast', [mask], { to: { int: 1 } })]);
  const bias = tape.op('Mul', [tape.op('Unsqueeze', [filling, tape.integers(1, 2)]), tape.number(NEVER)]);
  const parts = { ...shapes, bias, headWidth: config.hidden / config.heads };
  let x = frame.dropout.hidden(embedded, 0);
  for (let index = 0; index < config.layers; index++) x = layer(frame, x, index, parts);
  return x;
}

/**
 * Mean over the pieces of a text, filling left out.
 * @param x - (batch · length, hidden).  @returns (batch, hidden).
 */
export function meanPool(frame: EncoderFrame, x: string, mask: string): string {
  const { tape, config } = frame;
  const present = tape.op('Cast', [mask], { to: { int: 1 } });
  const total = tape.op('ReduceSum', [present, tape.integers(1)], { keepdims: { int: 1 } });
  const shares = tape.op('Unsqueeze', [tape.op('Div', [present, total]), tape.integers(1)]);
  const cube = tape.op('Concat', [tape.op('Shape', [mask]), tape.integers(config.hidden)], { axis: { int: 0 } });
  const pooled = tape.op('MatMul', [shares, tape.op('Reshape', [x, cube])]);
  const flat = tape.integers(-1, config.hidden);
  return tape.derive(tape.op('Reshape', [pooled, flat]), (derivative) => {
    const spread = tape.op('Mul', [
      tape.op('Transpose', [shares], { perm: { ints: [0, 2, 1] } }),
      tape.op('Unsqueeze', [derivative, tape.integers(1)]),
    ]);
    tape.accumulate(x, tape.op('Reshape', [spread, flat]));
  });
}
