import { createHash } from 'node:crypto';
import type { EncoderFiles } from '../../contracts/model-definition.js';
import { writeSafetensors, type NamedTensor } from '../../learning/text/encoder/index.js';
import { createRandom } from '../../learning/numeric/random/index.js';

/** Sizes of a random encoder, small enough for finite differences. */
export interface TinyEncoderOptions {
  readonly family?: 'bert' | 'distilbert';
  readonly hidden?: number;
  readonly layers?: number;
  readonly heads?: number;
  readonly seed?: number;
  /** Whole words of the vocabulary in addition to letters. */
  readonly words?: readonly string[];
  /** Prefix of each tensor's name, as in files of complete models. */
  readonly prefix?: string;
}

const letters = Array.from('abcdefghijklmnopqrstuvwxyz0123456789');
const signs = Array.from('.,!?-₹$€@#:/()[]');
const defaultWords = ['pay', 'bill', 'balance', 'card', 'lost', 'transfer', 'money', 'to', 'my', 'what', 'is', 'the'];
const POSITIONS = 40;

/** A WordPiece vocabulary that covers every Latin word. */
function vocabularyOf(words: readonly string[]): Record<string, number> {
  const marks = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
  const pieces = [...marks, ...signs, ...letters, ...letters.map((letter) => `##${letter}`), ...words, '中', '##ing'];
  return Object.fromEntries([...new Set(pieces)].map((piece, id) => [piece, id]));
}

/** tokenizer.json as Hugging Face writes it for an uncased BERT. */
export function tinyTokenizer(words: readonly string[] = defaultWords): Uint8Array {
  const mark = (content: string, id: number) => ({ id, content, special: true, normalized: false });
  const special = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const vocab = vocabularyOf(words);
  const described = (id: string) => ({ id, ids: [vocab[id]], tokens: [id] });
  return Buffer.from(
    JSON.stringify({
      version: '1.0',
      added_tokens: ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'].map(mark),
      normalizer: { type: 'BertNormalizer', clean_text: true, handle_chinese_chars: true, lowercase: true },
      pre_tokenizer: { type: 'BertPreTokenizer' },
      post_processor: {
        type: 'TemplateProcessing',
        single: [special('[CLS]'), { Sequence: { id: 'A', type_id: 0 } }, special('[SEP]')],
        special_tokens: { '[CLS]': described('[CLS]'), '[SEP]': described('[SEP]') },
      },
      decoder: { type: 'WordPiece', prefix: '##' },
      model: { type: 'WordPiece', unk_token: '[UNK]', continuing_subword_prefix: '##', vocab },
    }),
  );
}

type Sizes = Required<Omit<TinyEncoderOptions, 'words'>> & { readonly vocabulary: number };

function configOf({ family, hidden, layers, heads, vocabulary }: Sizes): object {
  const shared = { model_type: family, vocab_size: vocabulary, max_position_embeddings: POSITIONS };
  if (family === 'distilbert') {
    return { ...shared, dim: hidden, n_layers: layers, n_heads: heads, hidden_dim: 2 * hidden, activation: 'gelu' };
  }
  const sizes = { hidden_size: hidden, num_hidden_layers: layers, num_attention_heads: heads };
  return { ...shared, ...sizes, intermediate_size: 2 * hidden, layer_norm_eps: 1e-12, hidden_act: 'gelu' };
}

const layerNames = {
  bert: {
    at: 'encoder.layer.',
    square: ['attention.self.query', 'attention.self.key', 'attention.self.value', 'attention.output.dense'],
    feedForward: ['intermediate.dense', 'output.dense'],
    norms: ['attention.output.LayerNorm', 'output.LayerNorm'],
  },
  distilbert: {
    at: 'transformer.layer.',
    square: ['attention.q_lin', 'attention.k_lin', 'attention.v_lin', 'attention.out_lin'],
    feedForward: ['ffn.lin1', 'ffn.lin2'],
    norms: ['sa_layer_norm', 'output_layer_norm'],
  },
} as const;

type Put = (name: string, ...dims: number[]) => void;

function putLayer(put: Put, { family, hidden }: Sizes, index: number): void {
  const { at, square, feedForward, norms } = layerNames[family];
  const linear = (name: string, from: number, to: number): void => {
    put(`${at}${index}.${name}.weight`, to, from);
    put(`${at}${index}.${name}.bias`, to);
  };
  for (const name of square) linear(name, hidden, hidden);
  linear(feedForward[0], hidden, 2 * hidden);
  linear(feedForward[1], 2 * hidden, hidden);
  for (const name of norms) {
    put(`${at}${index}.${name}.weight`, hidden);
    put(`${at}${index}.${name}.bias`, hidden);
  }
}

function tensorsOf(sizes: Sizes): Map<string, NamedTensor> {
  const random = createRandom(sizes.seed);
  const tensors = new Map<string, NamedTensor>();
  const put: Put = (name, ...dims) => {
    const count = dims.reduce((product, dim) => product * dim, 1);
    const centre = /norm\.weight$/i.test(name) ? 1 : 0;
    const data = Float32Array.from({ length: count }, () => centre + 0.3 * random.normal());
    tensors.set(sizes.prefix + name, { dims, data });
  };
  put('embeddings.word_embeddings.weight', sizes.vocabulary, sizes.hidden);
  put('embeddings.position_embeddings.weight', POSITIONS, sizes.hidden);
  if (sizes.family === 'bert') put('embeddings.token_type_embeddings.weight', 2, sizes.hidden);
  put('embeddings.LayerNorm.weight', sizes.hidden);
  put('embeddings.LayerNorm.bias', sizes.hidden);
  for (let index = 0; index < sizes.layers; index++) putLayer(put, sizes, index);
  return tensors;
}

/** The files of a random encoder: a BERT-family folder without any download. Same options, same bytes. */
export function tinyEncoderFiles(options: TinyEncoderOptions = {}): EncoderFiles {
  const { words = defaultWords, ...given } = options;
  const tokenizer = tinyTokenizer(words);
  const vocabulary = Object.keys(vocabularyOf(words)).length;
  const sizes = { family: 'bert', hidden: 8, layers: 2, heads: 2, seed: 1, prefix: '', ...given, vocabulary } as const;
  const weights = writeSafetensors(tensorsOf(sizes));
  const weightsSha256 = createHash('sha256').update(weights).digest('hex');
  const config = Buffer.from(JSON.stringify(configOf(sizes)));
  return { name: `tiny-${sizes.family}`, config, tokenizer, weights, weightsSha256 };
}
