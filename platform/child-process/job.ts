/**
 * One computation in a process of its own: the only way to compute long. The child loads and stores blobs itself, only
 * references cross the boundary.
 */
export interface JobRequest {
  /** A key of the job table in activities/jobs.ts. */
  readonly job: string;
  /** JSON: the job's own input schema parses it. */
  readonly input: unknown;
}

export interface JobProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

export interface JobOptions {
  /** Aborted on cancellation: the child is asked to stop, and killed when it has not ended within the grace time. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  readonly memoryMb: number;
  /** @default 2000 */
  readonly graceMs?: number;
}

/**
 * Runs jobs. Real: `createChildProcessRunner`; in-memory twin: `createInlineRunner` (same table, same process).
 * @throws PipelineError as the job threw it (code, message and details survive the boundary), `CANCELLED`,
 *   `CHILD_CRASHED` with exit code or signal and the last lines of its output, `CHILD_OUT_OF_MEMORY`.
 */
export interface JobRunner {
  run(request: JobRequest, options: JobOptions): Promise<unknown>;
}
