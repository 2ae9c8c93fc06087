import { PipelineError } from '../../contracts/errors.js';
import { asPipelineFault } from '../outage.js';
import {
  type Answer,
  type ChildProcessSettings,
  type ComputingProcess,
  type Ended,
  startComputing,
} from './computing-process.js';
import type { JobOptions, JobRequest, JobRunner } from './job.js';
import type { JobExecutor } from './protocol.js';
import { cancelled, fromFaultMessage } from './protocol.js';

const DEFAULT_GRACE_MS = 2000;

export interface ChildProcessRunnerSettings extends ChildProcessSettings {
  /**
   * How long a process that did its job waits for another. A start costs about a second of CPU (runtime, loader,
   * native libraries), more than many a job. @default 0, one job a process
   */
  readonly idleMs?: number;
}

/**
 * Runs each job in a child process. A process does one job at a time and is kept only after a job that ended in order,
 * holding little memory; after a cancellation, a crash or a full memory it is gone when the promise settles.
 */
export function createChildProcessRunner({ idleMs = 0, ...settings }: ChildProcessRunnerSettings): JobRunner {
  const idle = createIdleProcesses(idleMs);
  return {
    async run(request, options) {
      if (isAborted(options.signal)) throw cancelled(request.job);
      const hand = idle.take(options.memoryMb) ?? startComputing(settings, options.memoryMb);
      const stopCancelling = cancelOnAbort(hand, options);
      try {
        const answer = await hand.perform(request, options.onProgress);
        const ended = await release(hand, answer, { idle, options });
        return conclude({ request, options, ended, answer, output: hand.output() });
      } finally {
        stopCancelling();
      }
    },
  };
}

interface IdleProcesses {
  take(memoryMb: number): ComputingProcess | undefined;
  /** @returns false when idle processes are not kept. */
  keep(hand: ComputingProcess): boolean;
}

function createIdleProcesses(idleMs: number): IdleProcesses {
  const waiting = new Map<ComputingProcess, NodeJS.Timeout>();
  const forget = (hand: ComputingProcess): void => {
    clearTimeout(waiting.get(hand));
    waiting.delete(hand);
  };
  return {
    take(memoryMb) {
      const found = [...waiting.keys()].find((hand) => hand.memoryMb === memoryMb);
      if (found === undefined) return undefined;
      forget(found);
      found.detach(false);
      return found;
    },
    keep(hand) {
      if (idleMs === 0) return false;
      const leave = setTimeout(() => {
        forget(hand);
        hand.end(DEFAULT_GRACE_MS).catch(() => undefined);
      }, idleMs);
      waiting.set(hand, leave.unref());
      hand.detach(true);
      const gone = (): void => forget(hand);
      hand.ended.then(gone, gone);
      return true;
    },
  };
}

/** Keeps a process that is fit for another job, waits for the end of any other. @returns null when it lives on. */
async function release(
  hand: ComputingProcess,
  answer: Answer | null,
  { idle, options }: { readonly idle: IdleProcesses; readonly options: JobOptions },
): Promise<Ended | null> {
  const fit = answer?.reusable === true && !isAborted(options.signal);
  if (fit && idle.keep(hand)) return null;
  return hand.end(options.graceMs ?? DEFAULT_GRACE_MS);
}

/** Asks first; a computation that does not yield cannot hear, so it is killed after the grace time. */
function cancelOnAbort(hand: ComputingProcess, { signal, graceMs = DEFAULT_GRACE_MS }: JobOptions): () => void {
  let killer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    hand.cancel();
    killer = setTimeout(() => hand.kill(), graceMs);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
    clearTimeout(killer);
  };
}

interface Course {
  readonly request: JobRequest;
  readonly options: JobOptions;
  readonly ended: Ended | null;
  readonly answer: Answer | null;
  readonly output: readonly string[];
}

function conclude({ request, options, ended, answer, output }: Course): unknown {
  if (answer?.kind === 'done') return answer.result;
  if (isAborted(options.signal)) throw cancelled(request.job);
  if (answer?.kind === 'failed') throw fromFaultMessage(answer.fault);
  throw crashOf(request, options, { exitCode: null, signal: null, ...ended, output });
}

function crashOf(
  { job }: JobRequest,
  { memoryMb }: JobOptions,
  found: Ended & { readonly output: readonly string[] },
): PipelineError {
  const { exitCode, signal, output } = found;
  const details = { job, exitCode, signal, output };
  if (output.some((line) => line.includes('heap out of memory')))
    return new PipelineError('CHILD_OUT_OF_MEMORY', `job ${job} needs more than ${memoryMb} MB`, details);
  const how = signal === null ? `exit code ${exitCode ?? 'none'}` : `signal ${signal}`;
  return new PipelineError('CHILD_CRASHED', `job ${job} ended with ${how}: ${output.at(-1) ?? 'no output'}`, details);
}

/**
 * The in-memory twin: same jobs, same errors, this process. It knows no memory limit and a job that never yields cannot
 * be cancelled; for tests and for a debugger.
 */
export const createInlineRunner = (execute: JobExecutor): JobRunner => ({
  async run(request, { signal, onProgress }) {
    if (isAborted(signal)) throw cancelled(request.job);
    try {
      const result = await execute(throughJson(request) as JobRequest, { signal, onProgress });
      return throughJson(result);
    } catch (thrown) {
      if (isAborted(signal)) throw cancelled(request.job);
      throw asPipelineFault(thrown);
    }
  },
});

/** A function, because a signal changes between two looks at it. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** What the process boundary does to a value. */
const throughJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
