import { readdirSync, readFileSync } from 'node:fs';
import type { JobOptions, JobRequest, JobRunner } from '../../platform/child-process/job.js';

/** One job that a runner was given, with the steps of its progress. */
export interface PerformedJob {
  readonly job: string;
  readonly input: JobRequest['input'];
  /** `stage` and `done` of every report, in order. */
  readonly steps: { readonly stage: string; readonly done: number; readonly total: number }[];
}

/** A runner of child processes that kills the process of one job once. */
export interface KillingRunner {
  readonly runner: JobRunner;
  /** Every job in the order of its start. */
  readonly jobs: readonly PerformedJob[];
  /** Progress at which the process was killed; null before. */
  killedAt(): PerformedJob['steps'][number] | null;
}

/** Computing processes that this process has started (Linux only); at once, because short jobs end within milliseconds. */
const childrenNow = (): readonly number[] =>
  readdirSync('/proc/self/task')
    .flatMap((task) => readFileSync(`/proc/self/task/${task}/children`, 'utf8').trim().split(' '))
    .filter((pid) => pid !== '' && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('child-main'))
    .map(Number);

/**
 * Kills the computing processes of this process with SIGKILL at the first progress for which `when` is true, before the
 * caller hears of it (Linux only). Run one job at a time, so that no other job's process is meant.
 */
export function killChildOnce(
  runner: JobRunner,
  when: (request: JobRequest, progress: PerformedJob['steps'][number]) => boolean,
): KillingRunner {
  const jobs: PerformedJob[] = [];
  let killed: PerformedJob['steps'][number] | null = null;
  const kill = (): void => {
    for (const pid of childrenNow()) process.kill(pid, 'SIGKILL');
  };
  const run = (request: JobRequest, options: JobOptions): Promise<unknown> => {
    const performed: PerformedJob = { job: request.job, input: request.input, steps: [] };
    jobs.push(performed);
    const onProgress: JobOptions['onProgress'] = (progress) => {
      const { stage, done, total } = progress;
      performed.steps.push({ stage, done, total });
      if (killed === null && when(request, { stage, done, total })) {
        killed = { stage, done, total };
        kill();
      }
      options.onProgress(progress);
    };
    return runner.run(request, { ...options, onProgress });
  };
  return { runner: { run }, jobs, killedAt: () => killed };
}
