import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { inheritedEnvironment } from '../config/environment.js';
import { PipelineError } from '../../contracts/errors.js';
import type { JobOptions, JobRequest } from './job.js';
import type { FromChild, ToChild } from './protocol.js';

/** Lines of the child's output that a crash report shows. */
const OUTPUT_LINES = 20;
const OUTPUT_CHARACTERS = 20_000;
/** Arguments of this process that must not reach a child: its own limit and a debugger's port. */
const notForChildren = /^--(inspect|max-old-space-size|cpu-prof|heap-prof)/;

export interface ChildProcessSettings {
  /** The child's entry file, absolute; it calls `serveJobs`. */
  readonly entry: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

export type Answer = Exclude<FromChild, { kind: 'progress' }>;

/** One child, for one job at a time. */
export interface ComputingProcess {
  readonly memoryMb: number;
  /** Settles with the job's answer, or with null when the process ended without one. */
  perform(request: JobRequest, onProgress: JobOptions['onProgress']): Promise<Answer | null>;
  /** Asks the running job to stop. */
  cancel(): void;
  kill(): void;
  /** Lets the process go; what does not end by itself in the grace time is killed. */
  end(graceMs: number): Promise<Ended>;
  readonly ended: Promise<Ended>;
  output(): string[];
  /** True: this process may end without waiting for the child. The child ends then, too. */
  detach(idle: boolean): void;
}

/** Starts a child with a heap limit; typed arrays beyond it are checked by the child itself. */
export function startComputing(settings: ChildProcessSettings, memoryMb: number): ComputingProcess {
  const child = spawn(settings, memoryMb);
  const output = keepLastLines(child);
  const ended = exitOf(child);
  ended.catch(() => undefined); // read by whoever performs a job; an idle child's end interests nobody
  return {
    memoryMb,
    ended,
    output: output.lines,
    kill: () => void child.kill('SIGKILL'),
    cancel: () => tell(child, { kind: 'cancel' }),
    perform(request, onProgress) {
      output.clear();
      const answer = answerOf(child, onProgress);
      tell(child, { kind: 'run', request, memoryMb });
      return Promise.race([answer.given, ended.then(() => answer.last())]).finally(answer.stop);
    },
    async end(graceMs) {
      const killer = setTimeout(() => child.kill('SIGKILL'), graceMs);
      tell(child, { kind: 'end' });
      return ended.finally(() => clearTimeout(killer));
    },
    detach: (idle) => detach(child, idle),
  };
}

function spawn({ entry, env }: ChildProcessSettings, memoryMb: number): ChildProcess {
  const inherited = process.execArgv.filter((argument) => !notForChildren.test(argument));
  // A test runner executes TypeScript by means of its own; a child needs a loader.
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

function answerOf(child: ChildProcess, onProgress: JobOptions['onProgress']) {
  let last: Answer | null = null;
  let resolve: (answer: Answer) => void;
  const given = new Promise<Answer>((resolved) => (resolve = resolved));
  const hear = (message: unknown): void => {
    const told = message as FromChild;
    if (told.kind === 'progress') {
      onProgress(told.progress);
      return;
    }
    last = told;
    resolve(told);
  };
  child.on('message', hear);
  return { given, last: () => last, stop: () => void child.off('message', hear) };
}

function tell(child: ChildProcess, message: ToChild): void {
  // A child that is gone already is reported by its exit.
  if (child.connected) child.send(message, () => undefined);
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
