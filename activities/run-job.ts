import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { ComputeDeps } from './dependencies.js';
import { type JobName, jobs as table } from './jobs.js';

type Table = typeof table;

/** Without a heartbeat limit, as in short steps, a beat now and then still carries a cancellation back. */
const UNLIMITED_BEAT_MS = 5000;
/** Beats within one heartbeat limit: one lost message must not look like a lost worker. */
const BEATS_A_LIMIT = 4;

/**
 * Keeps the current activity alive in the server's eyes while `work` goes on, whether it reports progress or not.
 * @param work - gets a function that puts its progress into the heartbeat.
 */
export async function heartbeating<Result>(
  work: (report: (progress: unknown) => void) => Promise<Result>,
): Promise<Result> {
  const context = Context.current();
  const limit = context.info.heartbeatTimeoutMs;
  let latest: unknown = { stage: 'starting', done: 0, total: 0 };
  const report = (progress: unknown): void => {
    latest = progress;
    context.heartbeat(progress);
  };
  const beat = setInterval(
    () => context.heartbeat(latest),
    limit === undefined ? UNLIMITED_BEAT_MS : limit / BEATS_A_LIMIT,
  );
  try {
    return await work(report);
  } finally {
    clearInterval(beat);
  }
}

/**
 * Runs one job in a process of its own on behalf of the current activity: heartbeats its progress, passes a
 * cancellation on and waits until the process is gone.
 * @throws PipelineError as the job threw it; `CANCELLED`, `CHILD_CRASHED`, `CHILD_OUT_OF_MEMORY`.
 */
export const compute = <Name extends JobName>(
  { runner, config }: ComputeDeps,
  job: Name,
  input: z.input<Table[Name]['input']>,
): Promise<z.output<Table[Name]['output']>> =>
  heartbeating(async (onProgress) => {
    const { cancellationSignal: signal } = Context.current();
    const result = await runner.run({ job, input }, { signal, onProgress, memoryMb: config.trainingMemoryMb });
    return table[job].output.parse(result) as z.output<Table[Name]['output']>;
  });
