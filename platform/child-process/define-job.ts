import type pg from 'pg';
import type { z } from 'zod';
import type { BlobStore, CheckpointStore } from '../blobs/blob-store.js';
import type { FindEncoderOptions, FoundEncoder } from '../encoders/find-encoder.js';
import type { KeyRing } from '../keys/key-ring.js';
import type { JobControl } from './protocol.js';

/** Stores that a job opens itself, in the child: only references cross the process boundary. */
export interface JobStores {
  readonly blobs: BlobStore;
  readonly checkpoints: CheckpointStore;
  /** The backend database. Opened on first use: only extraction and reviews read it. */
  readonly backendPool: () => pg.Pool;
  /** Folder with the user's own queries of that database. Absent or null: those over its schema `backend`. */
  readonly queriesFolder?: string | null;
  /** This system's own database, with the feedback that the API was given. Absent: there is none. */
  readonly ownPool?: () => pg.Pool;
  /** The keys of this installation. Absent: nothing is hashed. */
  readonly keys?: () => Promise<KeyRing>;
  /**
   * Refuses an artefact that no trusted key has signed. Absent: none is checked, as where a test runs a job by itself.
   * @throws PipelineError `ARTEFACT_UNSIGNED`, `SIGNATURE_REFUSED`.
   */
  readonly requireSigned?: (artefactHash: string) => Promise<void>;
  /** A pretrained encoder's files by its hub name. */
  readonly findEncoder: (name: string, options: FindEncoderOptions) => Promise<FoundEncoder>;
}

/** What `run` receives beside the input: the stores, a cancellation signal and a progress callback. */
export type JobContext = JobStores & JobControl;

/** One computation with the schemas of its input and output. */
export interface Job<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly output: Output;
  run(input: z.output<Input>, context: JobContext): Promise<z.input<Output>>;
}

/** Returns its argument; it exists so that TypeScript infers the input and output types. */
export const defineJob = <Input extends z.ZodType, Output extends z.ZodType>(
  job: Job<Input, Output>,
): Job<Input, Output> => job;
