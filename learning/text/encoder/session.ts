import type { InferenceSession } from 'onnxruntime-node';
import { PipelineError } from '../../../contracts/errors.js';
import { requireFile } from '../../artefact/index.js';
import { matrix, type Matrix } from '../../numeric/matrix/index.js';
import type { ArtefactFiles, ComputeContext } from '../../../contracts/model-definition.js';
import type { Encoder } from './encoder.js';
import { exportFrozenEncoder, servingOutputs, type Precision } from './export.js';
import { inBatches, openEncoderGraph, padBatch } from './runtime.js';
import { loadTokenizer, type EncodedText, type EncoderTokenizer } from './tokenizer.js';
import { wordLogits } from './word-logits.js';

/** Files of an exported encoder. */
export interface SessionFiles {
  /** Written by `exportEncoder` or `exportFrozenEncoder`. */
  readonly model: Uint8Array;
  /** tokenizer.json */
  readonly tokenizer: Uint8Array;
}

/** Options of an encoder session. */
export interface SessionOptions {
  /** Maximum length of a text in pieces, as in training. */
  readonly maximumLength: number;
  /**
   * Texts per batch. Use 1 for an int8 graph, whose activation scale and so each text's answer depend on the batch.
   * @default 1
   */
  readonly batchSize?: number;
  readonly threads?: number;
}

/** A loaded encoder. Results have the order of the inputs. */
export interface EncoderSession {
  readonly tokenizer: EncoderTokenizer;
  /** @returns (classes,) per text. */
  logits(texts: readonly string[]): Promise<Float32Array[]>;
  /** @returns (hidden,) per text: the mean over its pieces, by the fine-tuned weights if there are any. */
  embeddings(texts: readonly string[]): Promise<Float32Array[]>;
  /** For a token-level head. @returns logits per word; null for a word that was cut off or has no piece. */
  wordLogits(sentences: readonly (readonly string[])[]): Promise<(Float32Array | null)[][]>;
  /** For a token-level head. @returns pieces with their offsets in the text and their logits (pieces, classes). */
  pieceLogits(texts: readonly string[]): Promise<(EncodedText & { readonly logits: Float32Array })[]>;
  close(): Promise<void>;
}

interface Runner {
  readonly session: InferenceSession;
  readonly tokenizer: EncoderTokenizer;
  readonly batchSize: number;
}

/** Runs the graph. @returns each sequence's part of an output; the padding of outputs per piece is removed. */
function run({ session, tokenizer, batchSize }: Runner, sequences: readonly Int32Array[], output: string) {
  return inBatches(sequences, batchSize, async (positions) => {
    const batch = padBatch(
      positions.map((position) => sequences[position]!),
      tokenizer.paddingId,
    );
    const { data, dims } = (await session.run(batch.feeds, [output]))[output]!;
    const values = data as Float32Array;
    const share = values.length / positions.length;
    return positions.map((position, row) => {
      const length = dims.length === 3 ? sequences[position]!.length * dims[2]! : share;
      return values.slice(row * share, row * share + length);
    });
  });
}

/**
 * Opens an exported encoder.
 * @throws PipelineError `ARTEFACT_INVALID`, `MALFORMED_FILE` (tokenizer).
 */
export async function openEncoderSession(files: SessionFiles, options: SessionOptions): Promise<EncoderSession> {
  const tokenizer = loadTokenizer(files.tokenizer);
  const session = await openEncoderGraph(
    files.model,
    options.threads === undefined ? {} : { threads: options.threads },
  );
  const runner: Runner = { session, tokenizer, batchSize: options.batchSize ?? 1 };
  const { maximumLength } = options;
  const idsOf = (texts: readonly string[]): Int32Array[] =>
    texts.map((text) => tokenizer.encode(text, maximumLength).ids);
  return {
    tokenizer,
    logits: (texts) => run(runner, idsOf(texts), servingOutputs.logits),
    embeddings: (texts) => run(runner, idsOf(texts), servingOutputs.embedding),
    async wordLogits(sentences) {
      const encoded = sentences.map((words) => tokenizer.encodeWords(words, maximumLength));
      const sequences = encoded.map(({ ids }) => ids);
      const logits = await run(runner, sequences, servingOutputs.logits);
      return encoded.map(({ ids, first }, row) => wordLogits(logits[row]!, first, logits[row]!.length / ids.length));
    },
    async pieceLogits(texts) {
      const encoded = texts.map((text) => tokenizer.encode(text, maximumLength));
      const sequences = encoded.map(({ ids }) => ids);
      const logits = await run(runner, sequences, servingOutputs.logits);
      return encoded.map((text, row) => ({ ...text, logits: logits[row]! }));
    },
    close: () => session.release(),
  };
}

/**
 * Opens an encoder stored in an artefact.
 * @param names - the artefact's files with the graph and tokenizer.json.
 * @throws PipelineError `ARTEFACT_INVALID` when a file is absent or invalid.
 */
export async function openArtefactEncoder(
  files: ArtefactFiles,
  names: Readonly<Record<keyof SessionFiles, string>>,
  options: SessionOptions,
): Promise<EncoderSession> {
  const parts = { model: requireFile(files, names.model), tokenizer: requireFile(files, names.tokenizer) };
  try {
    return await openEncoderSession(parts, options);
  } catch (cause) {
    if (cause instanceof PipelineError && cause.code === 'ARTEFACT_INVALID') throw cause;
    const message = `${names.model} or ${names.tokenizer} is not a valid encoder file`;
    throw new PipelineError('ARTEFACT_INVALID', message, {}, { cause });
  }
}

/** Options of `embedTexts`. */
export interface EmbedOptions {
  /** @default 64 */
  readonly maximumLength?: number;
  /** @default 'fp32' */
  readonly precision?: Precision;
}

/** Texts embedded between two checks of the abort signal. */
const CHUNK_TEXTS = 1024;
const EMBEDDING_BATCH_SIZE = 32;

/**
 * Embeds texts with the pretrained encoder: the mean over a text's pieces, not normalised to unit length.
 * @returns (n, hidden).
 */
export async function embedTexts(
  encoder: Encoder,
  texts: readonly string[],
  context: Pick<ComputeContext, 'signal' | 'onProgress'>,
  { maximumLength = 64, precision = 'fp32' }: EmbedOptions = {},
): Promise<Matrix> {
  const { hidden } = encoder.config;
  const files = { model: exportFrozenEncoder(encoder, precision), tokenizer: encoder.tokenizerFile };
  const batchSize = precision === 'int8' ? 1 : EMBEDDING_BATCH_SIZE;
  const session = await openEncoderSession(files, { maximumLength, batchSize });
  const values = new Float64Array(texts.length * hidden);
  try {
    for (let from = 0; from < texts.length; from += CHUNK_TEXTS) {
      context.signal.throwIfAborted();
      const found = await session.embeddings(texts.slice(from, from + CHUNK_TEXTS));
      found.forEach((embedding, row) => values.set(embedding, (from + row) * hidden));
      context.onProgress({ stage: 'embedding', done: Math.min(texts.length, from + CHUNK_TEXTS), total: texts.length });
    }
  } finally {
    await session.close();
  }
  return matrix(texts.length, hidden, values);
}
