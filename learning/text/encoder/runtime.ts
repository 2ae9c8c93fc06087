import { InferenceSession, Tensor } from 'onnxruntime-node';
import { PipelineError } from '../../../contracts/errors.js';

/** Options of the ONNX runtime. */
export interface RuntimeOptions {
  /** Threads per operator. More are faster, use more CPU in total and change the order of summation. @default 1 */
  readonly threads?: number;
  /**
   * Whether the runtime keeps memory for the next run (its arena). For training, whose batches differ in size, the arena
   * grows to hundreds of megabytes without measurable gain. @default true
   */
  readonly keepMemory?: boolean;
}

/**
 * Opens an encoder graph such that equal inputs give equal bits on one type of processor. Waiting threads sleep, because
 * spinning takes 40 % more CPU.
 * @throws PipelineError `ARTEFACT_INVALID` when the runtime refuses the graph.
 */
export async function openEncoderGraph(bytes: Uint8Array, options: RuntimeOptions = {}): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, {
      intraOpNumThreads: options.threads ?? 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      enableCpuMemArena: options.keepMemory ?? true,
      enableMemPattern: false,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    });
  } catch (cause) {
    throw new PipelineError('ARTEFACT_INVALID', 'the runtime does not load this encoder graph', {}, { cause });
  }
}

/** Sequences of one batch, padded to the longest. */
export interface PaddedBatch {
  readonly size: number;
  readonly length: number;
  readonly feeds: Readonly<Record<'input_ids' | 'attention_mask', Tensor>>;
}

/** Pads sequences of piece ids to one batch. @param padding - id of the padding piece. */
export function padBatch(sequences: readonly Int32Array[], padding: number): PaddedBatch {
  const size = sequences.length;
  const length = sequences.reduce((longest, ids) => Math.max(longest, ids.length), 1);
  const ids = new BigInt64Array(size * length).fill(BigInt(padding));
  const mask = new BigInt64Array(size * length);
  sequences.forEach((sequence, row) => {
    for (let i = 0; i < sequence.length; i++) ids[row * length + i] = BigInt(sequence[i]!);
    mask.fill(1n, row * length, row * length + sequence.length);
  });
  const dims = [size, length];
  const feeds = { input_ids: new Tensor('int64', ids, dims), attention_mask: new Tensor('int64', mask, dims) };
  return { size, length, feeds };
}

/** Positions 0 … n − 1 sorted by sequence length, ascending; stable. */
export const byLength = (sequences: readonly { readonly length: number }[]): number[] =>
  sequences.map((_, index) => index).sort((a, b) => sequences[a]!.length - sequences[b]!.length || a - b);

/** Runs `compute` on batches of similar length. @returns the answers in the order of the sequences. */
export async function inBatches<Answer>(
  sequences: readonly Int32Array[],
  batchSize: number,
  compute: (positions: readonly number[]) => Promise<readonly Answer[]>,
): Promise<Answer[]> {
  const answers = new Array<Answer>(sequences.length);
  const order = byLength(sequences);
  for (let from = 0; from < order.length; from += batchSize) {
    const positions = order.slice(from, from + batchSize);
    const found = await compute(positions);
    positions.forEach((position, index) => (answers[position] = found[index]!));
  }
  return answers;
}
