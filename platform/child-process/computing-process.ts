import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { inheritedEnvironment } from '../config/environment.js';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import type { ProcessExit } from '../embedded/processes/run-program.js';
import type { JobOptions, JobRequest } from './job.js';
import { countKernelKills, watchMemory } from './resident-memory.js';
import type { FromChild, ToChild } from './protocol.js';

/** Number of output lines in a crash report. */
const OUTPUT_LINES = 20;
const OUTPUT_CHARACTERS = 20_000;
/** Node arguments that a child must not inherit, such as the memory limit and a debugger's port. */
const notInherited = /^--(inspect|max-old-space-size|cpu-prof|heap-prof)/;

/** Entry point and environment of a child process. */
export interface ChildProcessSettings {
  /** The child's entry file, absolute; it calls `serveJobs`. */
  readonly entry: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The last message of a job. */
export type Answer = Exclude<FromChild, { kind: 'progress' }>;

/** A child process that runs one job at a time. */
export interface ComputingProcess {
  /** Heap limit with which the process was started. */
  readonly memoryMb: number;
  /** Runs a job and resolves with its answer, or with null when the process ended without one. */
  perform(request: JobRequest, onProgress: JobOptions['onProgress']): Promise<Answer | null>;
  /** Asks the running job to stop. */
  cancel(): void;
  kill(): void;
  /** Sends `end`, and kills the process if it has not exited within the grace time. */
  end(graceMs: number): Promise<ProcessExit>;
  /** Resolves when the process has exited. */
  readonly ended: Promise<ProcessExit>;
  /** Last lines of the output since the job was started. */
  output(): string[];
  /** Resident memory in MB for which the process was killed; null: it was not. */
  exceededMb(): number | null;
  /** True when the kernel has just killed a process for want of memory. */
  memoryWasShort(): boolean;
  /** True: the child does not keep this process alive; the child exits with it. */
  detach(idle: boolean): void;
}

/**
 * Starts a child with a heap limit. Memory outside the heap, such as typed arrays, is not covered by it: while a job
 * runs, the resident memory of the process is sampled here and the process killed above the limit, also when the job
 * never yields; the child itself checks whenever it reports progress.
 */
export function startComputing(settings: ChildProcessSettings, memoryMb: number): ComputingProcess {
  const child = spawn(settings, memoryMb);
  const output = keepLastLines(child);
  const ended = exitOf(child);
  const pid = child.pid ?? -1;
  let kills = countKernelKills(pid);
  let exceeded: number | null = null;
  const onExceeded = (used: number): void => {
    exceeded = used;
    child.kill('SIGKILL');
  };
  ended.catch(() => undefined); // handled by `perform` and `end`; ignored while the child is idle
  return {
    memoryMb,
    ended,
    output: output.lines,
    exceededMb: () => exceeded,
    memoryWasShort: () => kills.roseRecently(),
    kill: () => void child.kill('SIGKILL'),
    cancel: () => send(child, { kind: 'cancel' }),
    perform(request, onProgress) {
      output.clear();
      const receiver = receiveAnswer(child, onProgress);
      kills = countKernelKills(pid);
      const stopWatching = watchMemory({ pid, limitMb: memoryMb, onExceeded, kills });
      send(child, { kind: 'run', request, memoryMb });
      return Promise.race([receiver.answer, ended.then(() => receiver.last())]).finally(() => {
        stopWatching();
        receiver.stop();
      });
    },
    async end(graceMs) {
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      send(child, { kind: 'end' });
      return ended.finally(() => clearTimeout(killer));
    },
    detach: (idle) => detach(child, idle),
  };
}

function spawn({ entry, env }: ChildProcessSettings, memoryMb: number): ChildProcess {
  const inherited = process.execArgv.filter((argument) => !notInherited.test(argument));
  // A test runner transforms TypeScript itself, but a child needs a loader.
  const needsLoader = entry.endsWith('.ts') && !inherited.some((argument) => argument.includes('tsx'));
  const loader = needsLoader ? ['--import', import.meta.resolve('tsx')] : [];
  return fork(entry, [], {
    execArgv: [...inherited, ...loader, `--max-old-space-size=${memoryMb}`],
    env: inheritedEnvironment(env),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function keepLastLines(child: ChildProcess): { lines: () => string[]; clear: () => void } {
  let text = '';
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-OUTPUT_CHARACTERS);
  };
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  return { lines: () => text.split('\n').filter(Boolean).slice(-OUTPUT_LINES), clear: () => (text = '') };
}

/** Passes on progress messages until the answer arrives. `last` is the answer so far, null before it. */
function receiveAnswer(child: ChildProcess, onProgress: JobOptions['onProgress']) {
  let last: Answer | null = null;
  let resolve: (answer: Answer) => void;
  const answer = new Promise<Answer>((resolved) => (resolve = resolved));
  const onMessage = (received: unknown): void => {
    const message = received as FromChild;
    if (message.kind === 'progress') {
      onProgress(message.progress);
      return;
    }
    last = message;
    resolve(message);
  };
  child.on('message', onMessage);
  return { answer, last: () => last, stop: () => void child.off('message', onMessage) };
}

function send(child: ChildProcess, message: ToChild): void {
  // A failed send is ignored: a child that has ended is reported by its exit.
  if (child.connected) child.send(message, () => undefined);
}

/** Waits for `close`, which follows the last output; rejects when the process could not be started. */
async function exitOf(child: ChildProcess): Promise<ProcessExit> {
  try {
    const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return { exitCode, signal };
  } catch (fault) {
    throw new PipelineError('CHILD_CRASHED', `the computing process did not start: ${messageOf(fault)}`);
  }
}

interface Referenced {
  ref(): void;
  unref(): void;
}

function detach(child: ChildProcess, idle: boolean): void {
  const parts = [child, child.channel, child.stdout, child.stderr] as unknown as (Referenced | null)[];
  for (const part of parts) {
    if (idle) part?.unref();
    else part?.ref();
  }
}
