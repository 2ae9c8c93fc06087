import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { DatasetRef } from '../contracts/dataset.js';
import { messages } from '../contracts/workflows.js';
import type { JobDeps } from './dependencies.js';
import { type JobName, jobs as table } from './jobs.js';
import { keptRecord } from './retry-limits.js';
import { noteJobUsage } from './step-usage.js';
import { tellWorkflow } from './tell-workflow.js';

type Table = typeof table;

/** Interval without a heartbeat limit, as in short steps: a cancellation arrives with the answer to a heartbeat. */
const DEFAULT_INTERVAL_MS = 5000;
/** Heartbeats within one heartbeat timeout, so that one lost message does not count as a lost worker. */
const HEARTBEATS_A_TIMEOUT = 4;

/**
 * Runs `work` in the current activity and heartbeats at fixed intervals, also while it reports no progress.
 * @param work - receives a function that sends progress with the heartbeat.
 */
export async function withHeartbeat<Result>(
  work: (report: (progress: object) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const limit = context.info.heartbeatTimeoutMs;
  const record = keptRecord(context.info);
  let latest: object = { stage: 'starting', done: 0, total: 0, ...record };
  let waited = record.outages !== undefined;
  const report = (progress: object): void => {
    if (waited) void tellWorkflow(context, messages.stepContinues);
    waited = false;
    latest = { ...progress, ...record };
    context.heartbeat(latest);
  };
  const timer = setInterval(
    () => context.heartbeat(latest),
    limit === undefined ? DEFAULT_INTERVAL_MS : limit / HEARTBEATS_A_TIMEOUT,
  );
  try {
    return await work(report);
  } finally {
    clearInterval(timer);
  }
}

/**
 * Runs one job in a child process for the current activity: heartbeats its progress, forwards a cancellation and waits
 * until the process has ended.
 * @throws PipelineError as the job threw it; `CANCELLED`, `CHILD_CRASHED`, `CHILD_OUT_OF_MEMORY`.
 */
export const runJob = <Name extends JobName>(
  { runner, config }: JobDeps,
  job: Name,
  input: z.input<Table[Name]['input']>,
): Promise<z.output<Table[Name]['output']>> =>
  withHeartbeat(async (onProgress) => {
    const { cancellationSignal: signal } = Context.current();
    const memoryMb = config.trainingMemoryMb;
    const options = { signal, onProgress, onUsage: noteJobUsage, memoryMb, ...readsOf(input) };
    const result = await runner.run({ job, input }, options);
    return table[job].output.parse(result) as z.output<Table[Name]['output']>;
  });

/** Hash of the dataset that the job loads, so that steps over the same dataset run in the same process. */
const readsOf = (input: object): { readonly reads?: string } =>
  'dataset' in input ? { reads: (input.dataset as DatasetRef).hash } : {};
