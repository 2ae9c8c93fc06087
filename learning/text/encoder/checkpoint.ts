import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { AdamW } from './optimizer.js';
import { readSafetensors, writeSafetensorsHeader } from './safetensors.js';

const progress = z.object({
  /** Of what is trained on what, how: a checkpoint of another training is not taken up. */
  fingerprint: z.string(),
  steps: z.number().int().nonnegative(),
  /** Loss summed over the current epoch's steps. */
  epochLoss: z.number(),
  history: z.array(z.object({ epoch: z.number(), loss: z.number(), score: z.number().nullable() })),
  best: z.object({ epoch: z.number(), score: z.number() }).nullable(),
  stopped: z.boolean(),
  /** What the caller wants to find again; null = nothing. */
  memo: z.string().nullable(),
});
/** Everything about a training beside its arrays. */
export type TrainingProgress = z.infer<typeof progress>;

/** What a training goes on from; the arrays under the names of the optimiser's regions. */
export interface Checkpoint {
  readonly state: TrainingProgress;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/**
 * Progress and arrays as one safetensors file, which is the optimiser's own memory: nothing is copied, and it holds good
 * until the next step.
 */
export function writeCheckpoint(state: TrainingProgress, optimizer: AdamW): Uint8Array {
  const { names, room, file } = optimizer.asFile(state.best === null ? 'second' : 'best');
  const size = optimizer.whole('weights').length;
  writeSafetensorsHeader(room, names.map((name) => [name, [size]]), { progress: JSON.stringify(state) }); // prettier-ignore
  return file;
}

function readProgress(metadata: Readonly<Record<string, string>>): TrainingProgress {
  const state = progress.safeParse(JSON.parse(metadata.progress ?? 'null'));
  if (!state.success) throw new PipelineError('MALFORMED_FILE', 'the checkpoint holds no training');
  return state.data;
}

/** The caller's memo, whatever training the checkpoint is of. @throws PipelineError `MALFORMED_FILE`. */
export const memoIn = (bytes: Uint8Array): string | null => readProgress(readSafetensors(bytes).metadata).memo;

/**
 * @returns null for the checkpoint of another training.
 * @throws PipelineError `MALFORMED_FILE` when the bytes are no checkpoint.
 */
export function readCheckpoint(bytes: Uint8Array, fingerprint: string): Checkpoint | null {
  const { tensors, metadata } = readSafetensors(bytes);
  const state = readProgress(metadata);
  if (state.fingerprint !== fingerprint) return null;
  return { state, arrays: Object.fromEntries([...tensors].map(([name, { data }]) => [name, data])) };
}
