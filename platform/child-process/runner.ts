import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { PipelineError } from '../../contracts/errors.js';
import { asPipelineFault } from '../outage.js';
import type { JobOptions, JobRequest, JobRunner } from './job.js';
import type { FromChild, JobExecutor, ToChild } from './protocol.js';
import { cancelled, fromFaultMessage } from './protocol.js';

const DEFAULT_GRACE_MS = 2000;
/** Lines of the child's output that a crash report shows. */
const OUTPUT_LINES = 20;
/** Arguments of this process that must not reach a child: its own limit and a debugger's port. */
const notForChildren = /^--(inspect|max-old-space-size|cpu-prof|heap-prof)/;

export interface ChildProcessSettings {
  /** The child's entry file, absolute; it calls `serveJobs`. */
  readonly entry: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs each job in a process of its own, which is gone when the promise settles. */
export const createChildProcessRunner = (settings: ChildProcessSettings): JobRunner => ({
  async run(request, options) {
    if (options.signal.aborted) throw cancelled(request.job);
    const child = spawn(settings, options.memoryMb);
    const output = keepLastLines(child);
    const answer = listen(child, options);
    const stopCancelling = cancelOnAbort(child, options);
    try {
      tell(child, { kind: 'run', request, memoryMb: options.memoryMb });
      const ended = await exitOf(child);
      return conclude({ request, options, ended, answer: answer(), output: output() });
    } finally {
      stopCancelling();
    }
  },
});

function spawn({ entry, env }: ChildProcessSettings, memoryMb: number): ChildProcess {
  const inherited = process.execArgv.filter((argument) => !notForChildren.test(argument));
  // A test runner executes TypeScript by means of its own; a child needs a loader.
  const needsLoader = entry.endsWith('.ts') && !inherited.some((argument) => argument.includes('tsx'));
  const loader = needsLoader ? ['--import', import.meta.resolve('tsx')] : [];
  return fork(entry, [], {
    execArgv: [...inherited, ...loader, `--max-old-space-size=${memoryMb}`],
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function keepLastLines(child: ChildProcess): () => string[] {
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-20_000);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return () => text.split('\n').filter(Boolean).slice(-OUTPUT_LINES);
}

type Answer = Exclude<FromChild, { kind: 'progress' }>;

function listen(child: ChildProcess, options: JobOptions): () => Answer | null {
  let answer: Answer | null = null;
  child.on('message', (message) => {
    const told = message as FromChild;
    if (told.kind === 'progress') options.onProgress(told.progress);
    else answer = told;
  });
  return () => answer;
}

const tell = (child: ChildProcess, message: ToChild): void => {
  // A child that is gone already is reported by its exit.
  if (child.connected) child.send(message, () => undefined);
};

/** Asks first; a computation that does not yield cannot hear, so it is killed after the grace time. */
function cancelOnAbort(child: ChildProcess, { signal, graceMs = DEFAULT_GRACE_MS }: JobOptions): () => void {
  let killer: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    tell(child, { kind: 'cancel' });
    killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  };
  signal.addEventListener('abort', cancel, { once: true });
  return () => {
    signal.removeEventListener('abort', cancel);
    clearTimeout(killer);
  };
}

interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** `close` comes after the last output; a program that could not be started has no exit. */
async function exitOf(child: ChildProcess): Promise<Ended> {
  try {
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, string | null];
    return { exitCode, signal };
  } catch (fault) {
    throw new PipelineError('CHILD_CRASHED', `the computing process did not start: ${String(fault)}`);
  }
}

interface Course {
  readonly request: JobRequest;
  readonly options: JobOptions;
  readonly ended: Ended;
  readonly answer: Answer | null;
  readonly output: readonly string[];
}

function conclude({ request, options, ended, answer, output }: Course): unknown {
  if (answer?.kind === 'done') return answer.result;
  if (options.signal.aborted) throw cancelled(request.job);
  if (answer?.kind === 'failed') throw fromFaultMessage(answer.fault);
  const { exitCode, signal } = ended;
  const details = { job: request.job, exitCode, signal, output };
  if (output.some((line) => line.includes('heap out of memory')))
    throw new PipelineError(
      'CHILD_OUT_OF_MEMORY',
      `job ${request.job} needs more than ${options.memoryMb} MB`,
      details,
    );
  const how = signal === null ? `exit code ${exitCode ?? 'none'}` : `signal ${signal}`;
  throw new PipelineError(
    'CHILD_CRASHED',
    `job ${request.job} ended with ${how}: ${output.at(-1) ?? 'no output'}`,
    details,
  );
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
