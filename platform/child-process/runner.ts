import { PipelineError } from '../../contracts/errors.js';
import { asPipelineFault } from '../outage.js';
import type { ProcessExit } from '../embedded/processes/run-program.js';
import { type Answer, type ChildProcessSettings, type ComputingProcess, startComputing } from './computing-process.js';
import type { JobOptions, JobRequest, JobRunner } from './job.js';
import type { MemoryBudget, Reservation } from './memory-budget.js';
import { unlimitedMemory } from './memory-budget.js';
import type { JobExecutor } from './protocol.js';
import { cancelled, fromFaultMessage } from './protocol.js';

const DEFAULT_GRACE_MS = 2000;

export interface ChildProcessRunnerSettings extends ChildProcessSettings {
  /**
   * How long an idle process is kept for the next job. Starting one costs about a third of a second of CPU
   * (runtime, libraries, model), more than many jobs take. @default 0: each job gets a new process
   */
  readonly idleMs?: number;
  /** A job starts when its memory fits into the budget. @default no limit */
  readonly memory?: MemoryBudget;
}

/** Part of its limit that an idle process may use at most; a process that uses more is not kept. */
const IDLE_SHARE = 0.25;

/**
 * Runs each job in a child process, one job a process at a time. A process is reused only if its last job finished
 * normally and left little memory in use; after a cancellation, a crash or an exceeded memory limit it has ended by
 * the time the promise settles.
 */
export function createChildProcessRunner({
  idleMs = 0,
  memory = unlimitedMemory,
  ...settings
}: ChildProcessRunnerSettings): JobRunner {
  const idle = createIdleProcesses(idleMs);
  return {
    async run(request, options) {
      const waiting = (): void => options.onProgress({ stage: 'waiting for memory', done: 0, total: 1 });
      const reservation = await memory.reserve(options.memoryMb, options.signal, waiting);
      if (reservation === null || isAborted(options.signal)) {
        reservation?.release();
        throw cancelled(request.job);
      }
      const child = idle.take(options) ?? startComputing(settings, options.memoryMb);
      const stopCancelling = cancelOnAbort(child, options);
      let ended: ProcessExit | null | undefined;
      try {
        const answer = await child.perform(request, options.onProgress);
        if (answer !== null) options.onUsage?.(answer.usage);
        ended = await release({ child, reservation }, answer, { idle, options });
        return resultOf({ request, options, ended, answer, child });
      } finally {
        stopCancelling();
        if (ended !== null) reservation.release();
      }
    },
  };
}

interface IdleProcesses {
  /** A process with this memory limit, preferably one whose last job had the same `reads`, else the longest idle one. */
  take(options: Pick<JobOptions, 'memoryMb' | 'reads'>): ComputingProcess | undefined;
  /** @returns false when idle processes are not kept. */
  keep(reserved: ReservedProcess, reads: string | undefined): boolean;
}

/** A process and the memory that is reserved for it. */
interface ReservedProcess {
  readonly child: ComputingProcess;
  readonly reservation: Reservation;
}

interface WaitingProcess {
  readonly timer: NodeJS.Timeout;
  readonly reads: string | undefined;
  readonly reservation: Reservation;
}

function createIdleProcesses(idleMs: number): IdleProcesses {
  const waiting = new Map<ComputingProcess, WaitingProcess>();
  const remove = (child: ComputingProcess): void => {
    clearTimeout(waiting.get(child)?.timer);
    waiting.get(child)?.reservation.release();
    waiting.delete(child);
  };
  return {
    take({ memoryMb, reads }) {
      const candidates = [...waiting].filter(([child]) => child.memoryMb === memoryMb);
      const sameData = candidates.find(([, last]) => reads !== undefined && last.reads === reads);
      const found = (sameData ?? candidates[0])?.[0];
      if (found === undefined) return undefined;
      remove(found);
      found.detach(false);
      return found;
    },
    keep({ child, reservation }, reads) {
      if (idleMs === 0) return false;
      reservation.shrink(child.memoryMb * IDLE_SHARE);
      const timer = setTimeout(() => {
        remove(child);
        child.end(DEFAULT_GRACE_MS).catch(() => undefined);
      }, idleMs);
      waiting.set(child, { timer: timer.unref(), reads, reservation });
      child.detach(true);
      const onEnd = (): void => remove(child);
      child.ended.then(onEnd, onEnd);
      return true;
    },
  };
}

/** Keeps a reusable process idle; ends any other and waits for its exit. @returns null when the process is kept. */
async function release(
  reserved: ReservedProcess,
  answer: Answer | null,
  { idle, options }: { readonly idle: IdleProcesses; readonly options: JobOptions },
): Promise<ProcessExit | null> {
  const reusable = answer?.reusable === true && !isAborted(options.signal);
  if (reusable && idle.keep(reserved, options.reads)) return null;
  return reserved.child.end(options.graceMs ?? DEFAULT_GRACE_MS);
}

/** Sends `cancel` first; a computation that never yields cannot receive it, so it is killed after the grace time. */
function cancelOnAbort(child: ComputingProcess, { signal, graceMs = DEFAULT_GRACE_MS }: JobOptions): () => void {
  let killer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    child.cancel();
    killer = setTimeout(() => child.kill(), graceMs);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
    clearTimeout(killer);
  };
}

interface JobOutcome {
  readonly request: JobRequest;
  readonly options: JobOptions;
  readonly ended: ProcessExit | null;
  readonly answer: Answer | null;
  readonly child: ComputingProcess;
}

function resultOf({ request, options, ended, answer, child }: JobOutcome): unknown {
  if (answer?.kind === 'done') return answer.result;
  if (isAborted(options.signal)) throw cancelled(request.job);
  if (answer?.kind === 'failed') throw fromFaultMessage(answer.fault);
  throw crashOf(request, options, { exitCode: null, signal: null, ...ended, child });
}

/** What V8, the C++ runtime and native libraries print when an allocation fails. */
const allocationFailed =
  /heap out of memory|process out of memory|Array buffer allocation failed|bad_alloc|Cannot allocate memory/i;

function crashOf(
  { job }: JobRequest,
  { memoryMb }: JobOptions,
  { exitCode, signal, child }: ProcessExit & { readonly child: ComputingProcess },
): PipelineError {
  const output = child.output();
  const used = child.exceededMb();
  const details = { job, exitCode, signal, output };
  if (used !== null || output.some((line) => allocationFailed.test(line))) {
    const found = used === null ? '' : `: it used ${used} MB`;
    return new PipelineError('CHILD_OUT_OF_MEMORY', `job ${job} needs more than ${memoryMb} MB${found}`, details);
  }
  if (signal === 'SIGKILL' && child.memoryWasShort()) {
    const message = `job ${job} was ended by the system because the machine ran out of memory`;
    return new PipelineError('CHILD_OUT_OF_MEMORY', message, details);
  }
  const how = signal === null ? `exit code ${exitCode ?? 'none'}` : `signal ${signal}`;
  return new PipelineError('CHILD_CRASHED', `job ${job} ended with ${how}: ${output.at(-1) ?? 'no output'}`, details);
}

/**
 * The in-process twin: same jobs and errors, no child process. It enforces no memory limit, and a job that never yields
 * cannot be cancelled; for tests and for a debugger.
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

/** A function, so that TypeScript does not narrow `aborted`, which may change between two reads. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Serialises a value as the process boundary does. */
const throughJson = (value: unknown): unknown =>
  value === undefined ? undefined : (JSON.parse(JSON.stringify(value)) as unknown);
