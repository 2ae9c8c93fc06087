import { PipelineError } from '../../contracts/errors.js';
import { createUsageMeter, type UsageMeter } from './job-usage.js';
import type { EndOfJob, FromChild, JobControl, JobExecutor, ToChild } from './protocol.js';
import { cancelled, toFaultMessage } from './protocol.js';

const PROGRESS_INTERVAL_MS = 20;
const MEGABYTE = 2 ** 20;

/** A process that uses more than this share of its memory limit after a job is not reused. */
const REUSABLE_SHARE = 0.25;

/** How `serveJobs` reports. */
export interface ServeOptions {
  /**
   * Sends at most one progress message in this time and drops the others, except the last step of a stage.
   * 0 sends one message for every step. @default 20
   */
  readonly progressIntervalMs?: number;
}

/**
 * The child's side: runs the jobs that the parent sends, one after another. The process exits on the parent's `end`
 * message or when the parent is gone. A computation that never yields receives no event, so every progress report
 * checks for the parent as well.
 */
export function serveJobs(
  execute: JobExecutor,
  { progressIntervalMs = PROGRESS_INTERVAL_MS }: ServeOptions = {},
): void {
  let controller = new AbortController();
  const meter = createUsageMeter();
  process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole process group; the parent cancels or kills the job
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToChild) => {
    if (message.kind === 'run') {
      controller = new AbortController();
      const control = createControl(controller.signal, message.memoryMb, progressIntervalMs);
      void runJob(execute, message, { control, meter });
    } else if (message.kind === 'cancel') controller.abort();
    else process.exit(0);
  });
}

async function runJob(
  execute: JobExecutor,
  { request, memoryMb }: Extract<ToChild, { kind: 'run' }>,
  { control, meter }: { readonly control: JobControl; readonly meter: UsageMeter },
): Promise<void> {
  meter.start();
  const ended = (): EndOfJob => ({ reusable: isReusable(memoryMb), usage: meter.read() });
  try {
    const result = await execute(request, control);
    send({ kind: 'done', result, ...ended() });
  } catch (thrown) {
    const fault = toFaultMessage(control.signal.aborted ? cancelled(request.job) : outOfMemory(thrown));
    send({ kind: 'failed', fault, ...ended() });
  }
}

const usedMb = (): number => Math.round(process.memoryUsage.rss() / MEGABYTE);
const isReusable = (memoryMb: number): boolean => usedMb() <= Math.max(256, memoryMb * REUSABLE_SHARE);

const send = (message: FromChild): void => {
  // A failed send is ignored: when the parent is gone, the `disconnect` event ends this process.
  process.send?.(message, undefined, undefined, () => undefined);
};

function createControl(signal: AbortSignal, memoryMb: number, progressIntervalMs: number): JobControl {
  const parent = process.ppid;
  let next = 0;
  return {
    signal,
    onProgress(progress) {
      const now = performance.now();
      if (now < next && progress.done < progress.total) return;
      next = now + progressIntervalMs;
      if (process.ppid !== parent) process.exit(1);
      checkMemory(memoryMb);
      send({ kind: 'progress', progress });
    },
  };
}

/** V8's heap limit does not cover typed arrays, so the resident size of the whole process is checked. */
function checkMemory(memoryMb: number): void {
  const used = usedMb();
  if (used > memoryMb)
    throw new PipelineError('CHILD_OUT_OF_MEMORY', `the process uses ${used} MB, its limit is ${memoryMb} MB`, {
      used,
      memoryMb,
    });
}

/** For a single array that is too large V8 throws a RangeError instead of ending the process. */
function outOfMemory(thrown: unknown): unknown {
  if (!(thrown instanceof RangeError) || !thrown.message.includes('allocation failed')) return thrown;
  return new PipelineError('CHILD_OUT_OF_MEMORY', thrown.message, {}, { cause: thrown });
}
