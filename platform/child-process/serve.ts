import { PipelineError } from '../../contracts/errors.js';
import type { JobContext, JobExecutor, FromChild, ToChild } from './protocol.js';
import { cancelled, toFaultMessage } from './protocol.js';

/** At most one progress message in this time; what falls between is dropped, the last step of a stage never. */
const PROGRESS_INTERVAL_MS = 20;
const MEGABYTE = 2 ** 20;

/**
 * The child's side: takes one job from the parent, computes, answers and ends. It also ends when the parent is gone,
 * at the latest with the next progress report: a computation that never yields hears no event, but it reports rounds.
 */
export function serveJobs(execute: JobExecutor): void {
  const controller = new AbortController();
  process.on('SIGINT', () => undefined); // Ctrl-C reaches the whole group; the parent decides what becomes of the job
  process.on('disconnect', () => process.exit(1));
  process.on('message', (message: ToChild) => {
    if (message.kind === 'cancel') {
      controller.abort();
      return;
    }
    const { request, memoryMb } = message;
    const context = createContext(controller.signal, memoryMb);
    void answer(() => execute(request, context), { job: request.job, signal: controller.signal });
  });
}

async function answer(
  compute: () => Promise<unknown>,
  { job, signal }: { readonly job: string; readonly signal: AbortSignal },
): Promise<void> {
  try {
    send({ kind: 'done', result: await compute() }, () => process.exit(0));
  } catch (thrown) {
    const fault = toFaultMessage(signal.aborted ? cancelled(job) : outOfMemory(thrown));
    send({ kind: 'failed', fault }, () => process.exit(0));
  }
}

const send = (message: FromChild, sent?: () => void): void => {
  // A parent that is gone cannot be told; the `disconnect` event ends this process.
  process.send?.(message, undefined, undefined, () => sent?.());
};

function createContext(signal: AbortSignal, memoryMb: number): JobContext {
  const parent = process.ppid;
  let next = 0;
  return {
    signal,
    onProgress(progress) {
      const now = performance.now();
      if (now < next && progress.done < progress.total) return;
      next = now + PROGRESS_INTERVAL_MS;
      if (process.ppid !== parent) process.exit(1);
      checkMemory(memoryMb);
      send({ kind: 'progress', progress });
    },
  };
}

/** Typed arrays lie outside the heap that V8 limits, so the whole process is measured. */
function checkMemory(memoryMb: number): void {
  const used = Math.round(process.memoryUsage.rss() / MEGABYTE);
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
