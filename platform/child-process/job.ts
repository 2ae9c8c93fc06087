import type { JobUsage } from '../../contracts/resource-usage.js';

/**
 * One computation for a child process; every long computation runs this way. The child reads and writes blobs itself:
 * only references cross the process boundary.
 */
export interface JobRequest {
  /** Key in the job table (activities/jobs.ts). */
  readonly job: string;
  /** JSON, parsed by the job's input schema. */
  readonly input: unknown;
}

/** `done` of `total` steps of one stage. */
export interface JobProgress {
  readonly stage: string;
  readonly done: number;
  readonly total: number;
}

/** How the caller follows, limits and cancels one job. */
export interface JobOptions {
  /** On abort the child is asked to stop, and killed if it has not ended within the grace time. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: JobProgress) => void;
  /** Memory limit of the child process, in MB; a job over it fails with `CHILD_OUT_OF_MEMORY`. */
  readonly memoryMb: number;
  /**
   * Hash of the data that the job reads. An idle process whose last job had the same hash is preferred, because it may
   * have the data in memory.
   */
  readonly reads?: string;
  /** Told what the job has used, when its process has answered: not after a crash, and not where no process is started. */
  readonly onUsage?: (usage: JobUsage) => void;
  /** Time between the request to stop and the kill. @default 2000 */
  readonly graceMs?: number;
}

/**
 * Runs jobs. Real: `createChildProcessRunner`; twin for tests: `createInlineRunner` (same job table, no child process).
 * @throws PipelineError as the job threw it (code, message and details survive the boundary), `CANCELLED`,
 *   `CHILD_CRASHED` with exit code or signal and the last lines of its output, `CHILD_OUT_OF_MEMORY`.
 */
export interface JobRunner {
  run(request: JobRequest, options: JobOptions): Promise<unknown>;
}
