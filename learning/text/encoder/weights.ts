import { PipelineError } from '../../../contracts/errors.js';
import type { EncoderConfig } from './config.js';
import type { NamedTensor } from './safetensors.js';

/** An encoder's numbers under the names that the graphs here use; matrices are (in, out), as they are multiplied. */
export interface EncoderWeights {
  /** (vocabulary, hidden). Not trained. */
  readonly words: NamedTensor;
  /** (positions, hidden), the vector of token type 0 included. Not trained. */
  readonly positions: NamedTensor;
  /**
   * What training changes, in order of computation; a head follows. Made anew by each call, for a matrix that is turned
   * over is a copy, and nobody needs it for long.
   */
  readonly trained: () => ReadonlyMap<string, NamedTensor>;
}

/** Names of one layer's parts in a file. Several names: one above the other in one matrix here. */
interface LayerNames {
  readonly attention: readonly [string, string, string];
  readonly output: string;
  readonly attentionNorm: string;
  readonly expand: string;
  readonly contract: string;
  readonly outputNorm: string;
}

interface FamilyNames {
  readonly prefixes: readonly string[];
  layer(index: number): LayerNames;
}

const families: Record<EncoderConfig['family'], FamilyNames> = {
  bert: {
    prefixes: ['', 'bert.'],
    layer: (index) => {
      const at = `encoder.layer.${index}.`;
      return {
        attention: [`${at}attention.self.query`, `${at}attention.self.key`, `${at}attention.self.value`],
        output: `${at}attention.output.dense`,
        attentionNorm: `${at}attention.output.LayerNorm`,
        expand: `${at}intermediate.dense`,
        contract: `${at}output.dense`,
        outputNorm: `${at}output.LayerNorm`,
      };
    },
  },
  distilbert: {
    prefixes: ['', 'distilbert.'],
    layer: (index) => {
      const at = `transformer.layer.${index}.`;
      return {
        attention: [`${at}attention.q_lin`, `${at}attention.k_lin`, `${at}attention.v_lin`],
        output: `${at}attention.out_lin`,
        attentionNorm: `${at}sa_layer_norm`,
        expand: `${at}ffn.lin1`,
        contract: `${at}ffn.lin2`,
        outputNorm: `${at}output_layer_norm`,
      };
    },
  },
};

type Find = (name: string, ...dims: readonly number[]) => Float32Array;

/** Names that older files use for the two vectors of a layer normalisation. */
const former: Readonly<Record<string, string>> = { weight: 'gamma', bias: 'beta' };

function finder(tensors: ReadonlyMap<string, NamedTensor>, prefixes: readonly string[]): Find {
  const prefix = prefixes.find((start) => tensors.has(`${start}embeddings.word_embeddings.weight`));
  if (prefix === undefined) throw new PipelineError('MALFORMED_FILE', 'the weights have no word embeddings');
  return (name, ...dims) => {
    const old = name.replace(/(weight|bias)$/, (last) => former[last]!);
    const found = tensors.get(prefix + name) ?? tensors.get(prefix + old);
    if (!found) throw new PipelineError('MALFORMED_FILE', `the weights lack ${name}`);
    if (found.dims.join() === dims.join()) return found.data;
    throw new PipelineError('MALFORMED_FILE', `${name} is [${found.dims.join()}], wanted [${dims.join()}]`);
  };
}

/** Puts matrices (out, in) side by side as one (in, sum of out). */
function transposeBeside(parts: readonly Float32Array[], inputs: number): NamedTensor {
  const widths = parts.map((part) => part.length / inputs);
  const width = widths.reduce((sum, part) => sum + part, 0);
  const data = new Float32Array(inputs * width);
  let from = 0;
  parts.forEach((part, index) => {
    for (let o = 0; o < widths[index]!; o++) {
      for (let i = 0; i < inputs; i++) data[i * width + from + o] = part[o * inputs + i]!;
    }
    from += widths[index]!;
  });
  return { dims: [inputs, width], data };
}

function joined(parts: readonly Float32Array[]): NamedTensor {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part, at);
    at += part.length;
  }
  return { dims: [data.length], data };
}

type Put = (name: string, tensor: NamedTensor) => void;

interface Collector {
  readonly find: Find;
  readonly put: Put;
}

/** Where a part comes from, and its sizes (in, out of each). */
interface LinearPart {
  readonly from: readonly string[];
  readonly sizes: readonly [number, number];
}

function putLinear({ find, put }: Collector, name: string, { from, sizes }: LinearPart): void {
  const [inputs, outputs] = sizes;
  const matrices = from.map((part) => find(`${part}.weight`, outputs, inputs));
  put(`${name}.weight`, transposeBeside(matrices, inputs));
  put(`${name}.bias`, joined(from.map((part) => find(`${part}.bias`, outputs))));
}

function putNorm({ find, put }: Collector, name: string, from: string, hidden: number): void {
  put(`${name}.gain`, { dims: [hidden], data: find(`${from}.weight`, hidden) });
  put(`${name}.bias`, { dims: [hidden], data: find(`${from}.bias`, hidden) });
}

function putLayer(collector: Collector, index: number, { hidden, intermediate, family }: EncoderConfig): void {
  const names = families[family].layer(index);
  const at = `layer.${index}`;
  putLinear(collector, `${at}.attention`, { from: names.attention, sizes: [hidden, hidden] });
  putLinear(collector, `${at}.output`, { from: [names.output], sizes: [hidden, hidden] });
  putNorm(collector, `${at}.attentionNorm`, names.attentionNorm, hidden);
  putLinear(collector, `${at}.expand`, { from: [names.expand], sizes: [hidden, intermediate] });
  putLinear(collector, `${at}.contract`, { from: [names.contract], sizes: [intermediate, hidden] });
  putNorm(collector, `${at}.outputNorm`, names.outputNorm, hidden);
}

/** All sequences here are single ones, so the vector of type 0 belongs to every position. */
function positionsWithType(find: Find, { family, positions, hidden }: EncoderConfig, types: number): NamedTensor {
  const data = find('embeddings.position_embeddings.weight', positions, hidden).slice();
  if (family === 'bert') {
    const type = find('embeddings.token_type_embeddings.weight', types, hidden);
    for (let i = 0; i < data.length; i++) data[i]! += type[i % hidden]!;
  }
  return { dims: [positions, hidden], data };
}

/**
 * Takes an encoder out of its safetensors file, whatever the family calls its parts.
 * @throws PipelineError `MALFORMED_FILE` naming the missing or misshapen tensor.
 */
export function collectWeights(tensors: ReadonlyMap<string, NamedTensor>, config: EncoderConfig): EncoderWeights {
  const { prefixes } = families[config.family];
  const find = finder(tensors, prefixes);
  const { hidden, vocabulary } = config;
  const types = prefixes.map((start) => tensors.get(`${start}embeddings.token_type_embeddings.weight`)?.dims[0] ?? 0);
  const trained = (): Map<string, NamedTensor> => {
    const all = new Map<string, NamedTensor>();
    const collector = { find, put: (name: string, tensor: NamedTensor) => void all.set(name, tensor) };
    putNorm(collector, 'embeddings.norm', 'embeddings.LayerNorm', hidden);
    for (let index = 0; index < config.layers; index++) putLayer(collector, index, config);
    return all;
  };
  trained(); // a missing tensor is noticed now, not in the middle of a training
  const words = { dims: [vocabulary, hidden], data: find('embeddings.word_embeddings.weight', vocabulary, hidden) };
  return { words, positions: positionsWithType(find, config, Math.max(...types)), trained };
}
