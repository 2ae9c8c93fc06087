import { type ErrorDetails, isErrorCode, PipelineError } from '../../contracts/errors.js';
import { asPipelineFault } from '../outage.js';
import type { JobProgress, JobRequest } from './job.js';

/** A PipelineError as it crosses the process boundary. */
export interface FaultMessage {
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
  /** Of the child's own stack, for the log of the caller. */
  readonly stack: string;
}

export type ToChild =
  | { readonly kind: 'run'; readonly request: JobRequest; readonly memoryMb: number }
  | { readonly kind: 'cancel' }
  /** No further job: the process ends. */
  | { readonly kind: 'end' };

export type FromChild =
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  /** `reusable`: the process holds little memory and may be given another job. */
  | { readonly kind: 'done'; readonly result: unknown; readonly reusable: boolean }
  | { readonly kind: 'failed'; readonly fault: FaultMessage; readonly reusable: boolean };

/** What a job is lent beside its input. */
export interface JobContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

/** Finds the job in its table, parses the input and computes. @throws PipelineError. */
export type JobExecutor = (request: JobRequest, context: JobContext) => Promise<unknown>;

export const toFaultMessage = (thrown: unknown): FaultMessage => {
  const { code, message, details, stack } = asPipelineFault(thrown);
  const origin = thrown instanceof Error ? thrown.stack : undefined;
  return { code, message, details, stack: origin ?? stack ?? '' };
};

/** The error as the job threw it, with the child's stack as cause. */
export function fromFaultMessage({ code, message, details, stack }: FaultMessage): PipelineError {
  const cause = new Error(message);
  cause.stack = stack;
  return new PipelineError(isErrorCode(code) ? code : 'INTERNAL', message, details, { cause });
}

export const cancelled = (job: string): PipelineError => new PipelineError('CANCELLED', `job ${job} was cancelled`);
