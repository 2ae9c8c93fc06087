import { PipelineError } from '../../../contracts/errors.js';
import { sum } from '../../numeric/statistics/sum.js';
import type { EncoderConfig } from './config.js';
import type { NamedTensor } from './safetensors.js';

/** An encoder's weights under the names of the graphs; matrices are (in, out). */
export interface EncoderWeights {
  /** (vocabulary, hidden). Not trained. */
  readonly words: NamedTensor;
  /** (positions, hidden), with the embedding of token type 0 added. Not trained. */
  readonly positions: NamedTensor;
  /**
   * The trained weights in order of computation, without the head. Each call makes new transposed copies, so that they
   * are not kept in memory.
   */
  readonly trained: () => ReadonlyMap<string, NamedTensor>;
}

/** Names of one layer's parts in a file; the parts of a list are concatenated into one matrix. */
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

/** Names of layer-normalisation vectors in older files. */
const legacyNames: Readonly<Record<string, string>> = { weight: 'gamma', bias: 'beta' };

function finder(tensors: ReadonlyMap<string, NamedTensor>, prefixes: readonly string[]): Find {
  const prefix = prefixes.find((start) => tensors.has(`${start}embeddings.word_embeddings.weight`));
  if (prefix === undefined) throw new PipelineError('MALFORMED_FILE', 'the weights have no word embeddings');
  return (name, ...dims) => {
    const old = name.replace(/(weight|bias)$/, (last) => legacyNames[last]!);
    const found = tensors.get(prefix + name) ?? tensors.get(prefix + old);
    if (!found) throw new PipelineError('MALFORMED_FILE', `the weights lack ${name}`);
    if (found.dims.join() === dims.join()) return found.data;
    throw new PipelineError('MALFORMED_FILE', `${name} is [${found.dims.join()}], wanted [${dims.join()}]`);
  };
}

/** Transposes matrices (out, in) and concatenates them to one (in, sum of out). */
function transposeAndConcatenate(parts: readonly Float32Array[], inputs: number): NamedTensor {
  const widths = parts.map((part) => part.length / inputs);
  const width = sum(widths);
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

function concatenate(parts: readonly Float32Array[]): NamedTensor {
  const data = new Float32Array(sum(parts.map(({ length }) => length)));
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

/** Source names of a linear part, and its sizes (in, out per source). */
interface LinearPart {
  readonly from: readonly string[];
  readonly sizes: readonly [number, number];
}

function putLinear({ find, put }: Collector, name: string, { from, sizes }: LinearPart): void {
  const [inputs, outputs] = sizes;
  const matrices = from.map((part) => find(`${part}.weight`, outputs, inputs));
  put(`${name}.weight`, transposeAndConcatenate(matrices, inputs));
  put(`${name}.bias`, concatenate(from.map((part) => find(`${part}.bias`, outputs))));
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

/** Position embeddings plus the embedding of token type 0, which every piece of a single sequence has. */
function positionsWithType(find: Find, { family, positions, hidden }: EncoderConfig, types: number): NamedTensor {
  const data = find('embeddings.position_embeddings.weight', positions, hidden).slice();
  if (family === 'bert') {
    const type = find('embeddings.token_type_embeddings.weight', types, hidden);
    for (let i = 0; i < data.length; i++) data[i]! += type[i % hidden]!;
  }
  return { dims: [positions, hidden], data };
}

/**
 * Collects an encoder's weights from the tensors of its file, for any supported family.
 * @throws PipelineError `MALFORMED_FILE` naming the missing tensor or the one of the wrong shape.
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
  // Called once so that a missing tensor fails at loading.
  trained();
  const words = { dims: [vocabulary, hidden], data: find('embeddings.word_embeddings.weight', vocabulary, hidden) };
  return { words, positions: positionsWithType(find, config, Math.max(...types)), trained };
}
