import type pg from 'pg';
import type { z } from 'zod';
import type { BlobStore, CheckpointStore } from '../blobs/blob-store.js';
import type { FindEncoderOptions, FoundEncoder } from '../encoders/find-encoder.js';
import type { JobContext } from './protocol.js';

/** What a job reaches by itself: only references cross the process boundary. */
export interface JobStores {
  readonly blobs: BlobStore;
  readonly checkpoints: CheckpointStore;
  /** Opened on first use; only extraction reads the source. */
  readonly backendPool: () => pg.Pool;
  /** A pretrained encoder's files by its hub name. */
  readonly findEncoder: (name: string, options: FindEncoderOptions) => Promise<FoundEncoder>;
}

export type JobLoan = JobStores & JobContext;

/** One computation with its parsed input and output. */
export interface Job<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly input: Input;
  readonly output: Output;
  run(input: z.output<Input>, loan: JobLoan): Promise<z.input<Output>>;
}

/** Declares a job; inference of input and output is all it does. */
export const defineJob = <Input extends z.ZodType, Output extends z.ZodType>(
  job: Job<Input, Output>,
): Job<Input, Output> => job;
