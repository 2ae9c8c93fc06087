import { z } from 'zod';
import { PipelineError } from '../../contracts/errors.js';
import { readSafetensors, writeSafetensors, type NamedTensor } from './safetensors.js';

const progress = z.object({
  /** Of what is trained on what, how: a checkpoint of another training is not taken up. */
  fingerprint: z.string(),
  steps: z.number().int().nonnegative(),
  /** Loss summed over the current epoch's steps. */
  epochLoss: z.number(),
  history: z.array(z.object({ epoch: z.number(), loss: z.number(), score: z.number().nullable() })),
  best: z.object({ epoch: z.number(), score: z.number() }).nullable(),
  averaged: z.number().int().nonnegative(),
  stopped: z.boolean(),
});
/** Everything about a training beside its arrays. */
export type TrainingProgress = z.infer<typeof progress>;

export type TrainingArrays = Readonly<Record<string, Float32Array>>;

/** Arrays and progress as one safetensors file. */
export function writeCheckpoint(state: TrainingProgress, arrays: TrainingArrays): Uint8Array {
  const tensors = Object.entries(arrays).map(([name, data]): [string, NamedTensor] => [
    name,
    { dims: [data.length], data },
  ]);
  return writeSafetensors(tensors, { progress: JSON.stringify(state) });
}

/**
 * @returns null for the checkpoint of another training.
 * @throws PipelineError `MALFORMED_FILE` when the bytes are no checkpoint.
 */
export function readCheckpoint(
  bytes: Uint8Array,
  fingerprint: string,
): { readonly state: TrainingProgress; readonly arrays: TrainingArrays } | null {
  const { tensors, metadata } = readSafetensors(bytes);
  const state = progress.safeParse(JSON.parse(metadata.progress ?? 'null'));
  if (!state.success) throw new PipelineError('MALFORMED_FILE', 'the checkpoint holds no training');
  if (state.data.fingerprint !== fingerprint) return null;
  return { state: state.data, arrays: Object.fromEntries([...tensors].map(([name, { data }]) => [name, data])) };
}
