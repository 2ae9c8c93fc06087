/** What one job has used in its process. */
export interface JobUsage {
  /** CPU time of all threads, in seconds; of the first job of a process with its start. */
  readonly cpuSeconds: number;
  /** Highest resident memory of the process during the job, in MB. */
  readonly peakMemoryMb: number;
}

/** What one attempt of a workflow's step has used. */
export interface StepUsage {
  readonly workflowId: string;
  /** Execution of the workflow; another one when a workflow of the same id is started again. */
  readonly runId: string;
  /** Unique within the execution. */
  readonly activityId: string;
  readonly attempt: number;
  /** Name of the activity, such as `fitModel`. */
  readonly activity: string;
  /** CPU-seconds of its computing processes; 0 for a step without any, and for a process that was killed. */
  readonly computingSeconds: number;
  /** CPU-seconds of the worker, shared equally among the steps that it carried out at the same time. */
  readonly workerSeconds: number;
  /** Highest resident memory of its computing processes, in MB; null without any. */
  readonly peakMemoryMb: number | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** The usage of all steps. */
export interface UsageLog {
  /** A repeated attempt of the same number replaces its record. */
  record(usage: StepUsage): Promise<void>;
  /** Of a workflow and those below it (`<workflowId>/…`), of attempts that started at or after `since`, oldest first. */
  listUsage(workflowId: string, since: Date): Promise<StepUsage[]>;
}

/** The usage of several steps together. */
export interface UsageTotal {
  readonly cpuSeconds: number;
  /** Null when none of them ran a computing process. */
  readonly peakMemoryMb: number | null;
}

export const totalUsage = (steps: readonly StepUsage[]): UsageTotal => ({
  cpuSeconds: steps.reduce((sum, { computingSeconds, workerSeconds }) => sum + computingSeconds + workerSeconds, 0),
  peakMemoryMb: steps.reduce<number | null>(
    (peak, { peakMemoryMb }) => (peakMemoryMb === null ? peak : Math.max(peak ?? 0, peakMemoryMb)),
    null,
  ),
});

/** Clocks of orchestrator, worker and database may differ by so much, when records are looked for since a moment. */
export const CLOCK_SKEW_MS = 60_000;
