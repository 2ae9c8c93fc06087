import { PipelineError } from '../../../contracts/errors.js';
import type { EncoderFiles } from '../../../contracts/model-definition.js';
import { parseEncoderConfig, type EncoderConfig } from './config.js';
import { readSafetensors } from './safetensors.js';
import { loadTokenizer, type EncoderTokenizer } from './tokenizer.js';
import { collectWeights, type EncoderWeights } from './weights.js';

/** What suits an encoder's size. */
export interface EncoderDefaults {
  readonly learningRate: number;
}

/** A pretrained encoder, ready to be used frozen or fine-tuned. Nothing here is changed by training. */
export interface Encoder {
  readonly name: string;
  /** Of model.safetensors, hex. */
  readonly weightsSha256: string;
  readonly config: EncoderConfig;
  readonly tokenizer: EncoderTokenizer;
  /** tokenizer.json, to go with an exported model. */
  readonly tokenizerFile: Uint8Array;
  readonly weights: EncoderWeights;
  readonly defaults: EncoderDefaults;
}

/** Widths from which on an encoder counts as large. */
const LARGE = 512;

/**
 * Narrow encoders (MiniLM: 384) need larger steps than BERT and DistilBERT (768), for which 2e-5 is usual: with 2e-5
 * MiniLM is far from done after five epochs.
 */
export const encoderDefaults = ({ hidden }: EncoderConfig): EncoderDefaults => ({
  learningRate: hidden < LARGE ? 1e-4 : 2e-5,
});

/**
 * Reads an encoder's files.
 * @throws PipelineError `MALFORMED_FILE` when a file is none of a BERT-family encoder or they do not fit each other.
 */
export function loadEncoder(files: EncoderFiles): Encoder {
  const config = parseEncoderConfig(files.config);
  const tokenizer = loadTokenizer(files.tokenizer);
  const weights = collectWeights(readSafetensors(files.weights).tensors, config);
  if (tokenizer.largest >= config.vocabulary) {
    const found = `${files.name}: the tokenizer counts to ${tokenizer.largest}`;
    throw new PipelineError('MALFORMED_FILE', `${found}, the weights have ${config.vocabulary} pieces`);
  }
  const { name, weightsSha256, tokenizer: tokenizerFile } = files;
  return { name, weightsSha256, config, tokenizer, tokenizerFile, weights, defaults: encoderDefaults(config) };
}
