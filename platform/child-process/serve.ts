import { PipelineError } from '../../contracts/errors.js';
import type { JobContext, JobExecutor, FromChild, ToChild } from './protocol.js';
import { cancelled, toFaultMessage } from './protocol.js';

const PROGRESS_INTERVAL_MS = 20;
const MEGABYTE = 2 ** 20;

/** A process that holds more than this share of its limit after a job is not given another. */
const REUSABLE_SHARE = 0.25;

export interface ServeOptions {
  /**
   * At most one progress message in this time; what falls between is dropped, the last step of a stage never.
   * 0 reports every step, at the price of one message each. @default 20
   */
  readonly progressIntervalMs?: number;
}

/**
 * The child's side: takes a job from the parent, computes, answers and waits for the next. It ends when the parent lets
 * it go or is gone, at the latest with the next progress report: a computation that never yields hears no event, but it
 * reports rounds.
 */
export function serveJobs(
  execute: JobExecutor,
  { progressIntervalMs = PROGRESS_INTERVAL_MS }: ServeOptions = {},
): void {
  let controller = new AbortController();
  process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole group; the parent decides what becomes of the job
  process.on('disconnect', () => process.exit(0));
  process.on('message', (message: ToChild) => {
    if (message.kind === 'run') {
      controller = new AbortController();
      void answer(execute, message, createContext(controller.signal, message.memoryMb, progressIntervalMs));
    } else if (message.kind === 'cancel') controller.abort();
    else process.exit(0);
  });
}

async function answer(
  execute: JobExecutor,
  { request, memoryMb }: Extract<ToChild, { kind: 'run' }>,
  context: JobContext,
): Promise<void> {
  try {
    const result = await execute(request, context);
    send({ kind: 'done', result, reusable: holdsLittle(memoryMb) });
  } catch (thrown) {
    const fault = toFaultMessage(context.signal.aborted ? cancelled(request.job) : outOfMemory(thrown));
    send({ kind: 'failed', fault, reusable: holdsLittle(memoryMb) });
  }
}

const usedMb = (): number => Math.round(process.memoryUsage.rss() / MEGABYTE);
const holdsLittle = (memoryMb: number): boolean => usedMb() <= Math.max(256, memoryMb * REUSABLE_SHARE);

const send = (message: FromChild): void => {
  // A parent that is gone cannot be told; the `disconnect` event ends this process.
  process.send?.(message, undefined, undefined, () => undefined);
};

function createContext(signal: AbortSignal, memoryMb: number, progressIntervalMs: number): JobContext {
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

/** Typed arrays lie outside the heap that V8 limits, so the whole process is measured. */
function checkMemory(memoryMb: number): void {
  const used = usedMb();
  if (used > memoryMb)
    throw new PipelineError('CHILD_OUT_OF_MEMORY', `the process holds ${used} MB, allowed are ${memoryMb} MB`, {
      used,
      memoryMb,
    });
}

/** V8 refuses a single array that is too large with a RangeError instead of ending the process. */
function outOfMemory(thrown: unknown): unknown {
  if (!(thrown instanceof RangeError) || !thrown.message.includes('allocation failed')) return thrown;
  return new PipelineError('CHILD_OUT_OF_MEMORY', thrown.message, {}, { cause: thrown });
}
