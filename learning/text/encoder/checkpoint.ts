import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { AdamW } from './optimizer.js';
import { readSafetensors, writeSafetensorsHeader } from './safetensors.js';

const progress = z.object({
  /** Hash of data, encoder and settings: a checkpoint of another training is ignored. */
  fingerprint: z.string(),
  steps: z.number().int().nonnegative(),
  /** Loss summed over the current epoch's steps. */
  epochLoss: z.number(),
  history: z.array(z.object({ epoch: z.number(), loss: z.number(), score: z.number().nullable() })),
  best: z.object({ epoch: z.number(), score: z.number() }).nullable(),
  stopped: z.boolean(),
  /** The caller's state (`FineTuningContext.callerState`) under its stored name; null = none. */
  memo: z.string().nullable(),
});
/** State of a training without its arrays. */
export type TrainingProgress = z.infer<typeof progress>;

/** State of a training to resume from; arrays by the names of the optimiser's regions. */
export interface Checkpoint {
  readonly state: TrainingProgress;
  readonly arrays: Readonly<Record<string, Float32Array>>;
}

/**
 * Writes progress and arrays as one safetensors file.
 * @returns a view of the optimiser's memory without copying; valid until the next step.
 */
export function writeCheckpoint(state: TrainingProgress, optimizer: AdamW): Uint8Array {
  const { names, room, file } = optimizer.asFile(state.best === null ? 'second' : 'best');
  const size = optimizer.region('weights').length;
  const shapes = names.map((name) => [name, [size]] as const);
  writeSafetensorsHeader(room, shapes, { progress: JSON.stringify(state) });
  return file;
}

function readProgress(metadata: Readonly<Record<string, string>>): TrainingProgress {
  const state = progress.safeParse(JSON.parse(metadata.progress ?? 'null'));
  if (!state.success) throw new PipelineError('MALFORMED_FILE', 'the checkpoint has no valid training state');
  return state.data;
}

/** Reads the caller's state from a checkpoint of any training. @throws PipelineError `MALFORMED_FILE`. */
export const callerStateIn = (bytes: Uint8Array): string | null => readProgress(readSafetensors(bytes).metadata).memo;

/**
 * Reads a checkpoint. @returns null for the checkpoint of another training.
 * @throws PipelineError `MALFORMED_FILE` when the bytes are not a checkpoint.
 */
export function readCheckpoint(bytes: Uint8Array, fingerprint: string): Checkpoint | null {
  const { tensors, metadata } = readSafetensors(bytes);
  const state = readProgress(metadata);
  if (state.fingerprint !== fingerprint) return null;
  return { state, arrays: Object.fromEntries([...tensors].map(([name, { data }]) => [name, data])) };
}
