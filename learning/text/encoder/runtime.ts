import { InferenceSession, Tensor } from 'onnxruntime-node';
import { PipelineError } from '../../../contracts/errors.js';

export interface RuntimeOptions {
  /** Threads inside one operator. More finish sooner, cost more CPU and sum in another order. @default 1 */
  readonly threads?: number;
  /**
   * Whether memory is kept for the next run. A training's batches differ in size, and what is kept for each would add
   * up to hundreds of megabytes; fetching it anew costs nothing that can be measured. @default true
   */
  readonly keepMemory?: boolean;
}

/**
 * Opens a graph with settings under which the same input gives the same bits on the same kind of processor, and waiting
 * threads sleep instead of spinning (spinning costs 40 % more CPU).
 * @throws PipelineError `ARTEFACT_INVALID` when the runtime refuses the graph.
 */
export async function openGraph(bytes: Uint8Array, options: RuntimeOptions = {}): Promise<InferenceSession> {
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

/** Sequences of one batch, filled up to the longest. */
export interface PaddedBatch {
  readonly size: number;
  readonly length: number;
  readonly feeds: Readonly<Record<'input_ids' | 'attention_mask', Tensor>>;
}

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

/** Positions 0 … n − 1, shortest sequence first; equal ones keep their order. */
export const byLength = (sequences: readonly { readonly length: number }[]): number[] =>
  sequences.map((_, index) => index).sort((a, b) => sequences[a]!.length - sequences[b]!.length || a - b);

/** Runs `compute` over batches of like length, and gives its answers back in the order of the sequences. */
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
