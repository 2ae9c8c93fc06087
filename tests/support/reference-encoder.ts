import type { EncoderFiles } from '../../contracts/model-definition.js';
import { readSafetensors } from '../../learning/text/encoder/index.js';

/*
 * BERT's forward pass for one text in plain float64 loops, written from the paper and the names in a Hugging Face file:
 * an independent reference that shares only the file reader with the graphs.
 */

type Rows = number[][];

const names = {
  bert: {
    at: 'encoder.layer.',
    parts: ['attention.self.query', 'attention.self.key', 'attention.self.value', 'attention.output.dense'],
    norms: ['attention.output.LayerNorm', 'output.LayerNorm'],
    feed: ['intermediate.dense', 'output.dense'],
  },
  distilbert: {
    at: 'transformer.layer.',
    parts: ['attention.q_lin', 'attention.k_lin', 'attention.v_lin', 'attention.out_lin'],
    norms: ['sa_layer_norm', 'output_layer_norm'],
    feed: ['ffn.lin1', 'ffn.lin2'],
  },
} as const;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const plus = (a: Rows, b: Rows): Rows => a.map((row, i) => row.map((value, j) => value + b[i]![j]!));

/** erf as a Taylor series, exact for the values that occur; the formula of Abramowitz and Stegun is too coarse. */
function errorFunction(x: number): number {
  if (Math.abs(x) > 5) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; n < 120; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

class Reader {
  private readonly tensors;
  private readonly prefix;
  constructor(files: EncoderFiles) {
    this.tensors = readSafetensors(files.weights).tensors;
    this.prefix = [...this.tensors.keys()][0]!.replace(/embeddings\..*/, '');
  }
  vector(name: string): readonly number[] {
    return [...this.tensors.get(this.prefix + name)!.data];
  }
  row(name: string, index: number): number[] {
    const { dims, data } = this.tensors.get(this.prefix + name)!;
    return [...data.slice(index * dims[1]!, (index + 1) * dims[1]!)];
  }
  has(name: string): boolean {
    return this.tensors.has(this.prefix + name);
  }
  linear(x: Rows, name: string): Rows {
    const bias = this.vector(`${name}.bias`);
    return x.map((row) =>
      bias.map((shift, out) => shift + sum(this.row(`${name}.weight`, out).map((weight, i) => weight * row[i]!))),
    );
  }
  norm(x: Rows, name: string): Rows {
    const [gain, bias] = [this.vector(`${name}.weight`), this.vector(`${name}.bias`)];
    return x.map((row) => {
      const mean = sum(row) / row.length;
      const scale = Math.sqrt(sum(row.map((value) => (value - mean) ** 2)) / row.length + 1e-12);
      return row.map((value, i) => ((value - mean) / scale) * gain[i]! + bias[i]!);
    });
  }
}

function attend([queries, keys, values]: readonly [Rows, Rows, Rows], heads: number): Rows {
  const width = queries[0]!.length / heads;
  return queries.map((query) =>
    query.map((_, at) => {
      const from = Math.floor(at / width) * width;
      const part = (row: readonly number[]): readonly number[] => row.slice(from, from + width);
      const scores = keys.map((key) => sum(part(key).map((value, i) => value * part(query)[i]!)) / Math.sqrt(width));
      const shares = scores.map((score) => Math.exp(score - Math.max(...scores)));
      return sum(shares.map((share, i) => (share / sum(shares)) * values[i]![at]!));
    }),
  );
}

/** @returns the mean of the token vectors. */
export function referenceEmbedding(files: EncoderFiles, ids: ArrayLike<number>): number[] {
  const config = JSON.parse(new TextDecoder().decode(files.config)) as Record<string, number | string>;
  const { at, parts, norms, feed } = names[config.model_type as 'bert' | 'distilbert'];
  const reader = new Reader(files);
  const type = 'embeddings.token_type_embeddings.weight';
  const embedded = Array.from(ids, (id, place) => {
    const word = reader.row('embeddings.word_embeddings.weight', id);
    const position = reader.row('embeddings.position_embeddings.weight', place);
    return word.map((value, i) => value + position[i]! + (reader.has(type) ? reader.row(type, 0)[i]! : 0));
  });
  let x = reader.norm(embedded, 'embeddings.LayerNorm');
  const [layers, heads] = [config.num_hidden_layers ?? config.n_layers, config.num_attention_heads ?? config.n_heads];
  for (let layer = 0; layer < Number(layers); layer++) {
    const name = (part: string): string => `${at}${layer}.${part}`;
    const [q, k, v] = parts.slice(0, 3).map((part) => reader.linear(x, name(part)));
    const mixed = reader.linear(attend([q!, k!, v!], Number(heads)), name(parts[3]));
    x = reader.norm(plus(mixed, x), name(norms[0]));
    const wide = reader
      .linear(x, name(feed[0]))
      .map((row) => row.map((u) => (u * (1 + errorFunction(u / Math.SQRT2))) / 2));
    x = reader.norm(plus(reader.linear(wide, name(feed[1])), x), name(norms[1]));
  }
  return x[0]!.map((_, i) => sum(x.map((row) => row[i]!)) / x.length);
}
