import { PipelineError } from '../../../contracts/errors.js';
import type { EncoderFiles, TrainContext } from '../../../contracts/model-definition.js';
import { parseEncoderConfig, type EncoderConfig } from './config.js';
import { readSafetensors } from './safetensors.js';
import { loadTokenizer, type EncoderTokenizer } from './tokenizer.js';
import { collectWeights, type EncoderWeights } from './weights.js';

/** Default settings by size of the encoder. */
export interface EncoderDefaults {
  readonly learningRate: number;
}

/** A pretrained encoder, to be used frozen or fine-tuned. Training does not modify it. */
export interface Encoder {
  readonly name: string;
  /** SHA-256 of model.safetensors in hex. */
  readonly weightsSha256: string;
  readonly config: EncoderConfig;
  readonly tokenizer: EncoderTokenizer;
  /** Bytes of tokenizer.json, stored beside an exported model. */
  readonly tokenizerFile: Uint8Array;
  readonly weights: EncoderWeights;
  readonly defaults: EncoderDefaults;
}

/** Hidden size from which an encoder counts as large. */
const LARGE = 512;

/**
 * Default learning rate: 2e-5 for BERT and DistilBERT (hidden size 768; Devlin et al. 2019), 1e-4 for smaller encoders
 * such as MiniLM (384), which do not converge within five epochs at 2e-5.
 */
export const encoderDefaults = ({ hidden }: EncoderConfig): EncoderDefaults => ({
  learningRate: hidden < LARGE ? 1e-4 : 2e-5,
});

/**
 * Loads an encoder from its files.
 * @throws PipelineError `MALFORMED_FILE` when a file is not of a BERT-family encoder or the files do not match.
 */
export function loadEncoder(files: EncoderFiles): Encoder {
  const config = parseEncoderConfig(files.config);
  const tokenizer = loadTokenizer(files.tokenizer);
  const weights = collectWeights(readSafetensors(files.weights).tensors, config);
  if (tokenizer.largestId >= config.vocabulary) {
    const message = `${files.name}: the tokenizer has piece ${tokenizer.largestId}, the weights ${config.vocabulary} pieces`;
    throw new PipelineError('MALFORMED_FILE', message);
  }
  const { name, weightsSha256, tokenizer: tokenizerFile } = files;
  return { name, weightsSha256, config, tokenizer, tokenizerFile, weights, defaults: encoderDefaults(config) };
}

/**
 * Loads the encoder that a training asks for by its hub name.
 * @returns null when folder, cache and hub do not have it.
 * @throws PipelineError `MALFORMED_FILE`, as `loadEncoder`.
 */
export async function findEncoder(context: Pick<TrainContext, 'encoder'>, name: string): Promise<Encoder | null> {
  const files = await context.encoder(name);
  return files === null ? null : loadEncoder(files);
}
