import { type ErrorDetails, isErrorCode, PipelineError, pipelineError } from '../../contracts/errors.js';
import type { JobUsage } from '../../contracts/resource-usage.js';
import { asPipelineFault } from '../outage.js';
import type { JobProgress, JobRequest } from './job.js';

/** A PipelineError as a plain message between processes. */
export interface FaultMessage {
  readonly code: string;
  readonly message: string;
  readonly details: ErrorDetails;
  /** Stack in the child, for the caller's log. */
  readonly stack: string;
}

/** Messages from the parent to the child. */
export type ToChild =
  | { readonly kind: 'run'; readonly request: JobRequest; readonly memoryMb: number }
  | { readonly kind: 'cancel' }
  /** No further jobs: the process exits. */
  | { readonly kind: 'end' };

/** Messages from the child to the parent. */
export type FromChild =
  | { readonly kind: 'progress'; readonly progress: JobProgress }
  | ({ readonly kind: 'done'; readonly result: unknown } & EndOfJob)
  | ({ readonly kind: 'failed'; readonly fault: FaultMessage } & EndOfJob);

/** What the child tells of itself when a job has ended. */
export interface EndOfJob {
  /** The process uses little memory and can take another job. */
  readonly reusable: boolean;
  readonly usage: JobUsage;
}

/** Cancellation signal and progress callback of one run. */
export interface JobControl {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
}

/** Finds the job in its table, parses the input and runs it. @throws PipelineError. */
export type JobExecutor = (request: JobRequest, control: JobControl) => Promise<unknown>;

/** Any thrown value as a message, classified by `asPipelineFault`; the stack is that of the original error. */
export const toFaultMessage = (thrown: unknown): FaultMessage => {
  const { code, message, details, stack } = asPipelineFault(thrown);
  const origin = thrown instanceof Error ? thrown.stack : undefined;
  return { code, message, details, stack: origin ?? stack ?? '' };
};

/** The error that the job threw, with an error carrying the child's stack as cause; an unknown code becomes `INTERNAL`. */
export function fromFaultMessage({ code, message, details, stack }: FaultMessage): PipelineError {
  const cause = new Error(message);
  cause.stack = stack;
  return new PipelineError(isErrorCode(code) ? code : 'INTERNAL', message, details, { cause });
}

/** The `CANCELLED` error of a job. */
export const cancelled = (job: string): PipelineError => pipelineError('CANCELLED', { work: `job ${job}` });
