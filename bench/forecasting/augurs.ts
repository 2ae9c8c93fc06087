import { spawn } from 'node:child_process';
import { entryFile } from '../../platform/project.js';

/** One series for the peer. */
export interface AugursItem {
  readonly values: readonly number[];
  /** Days since the epoch of the values and of the steps ahead; Prophet only. */
  readonly days?: readonly number[];
  readonly future?: readonly number[];
}

export interface AugursJob {
  /** AutoETS; Prophet with its defaults; Prophet with what Stan was given and found. */
  readonly task: 'ets' | 'prophet' | 'stan';
  readonly season: number;
  readonly horizon: number;
  /** Three letters of error, trend and season; Z = choose. @default 'ZZZ' */
  readonly form?: string;
  readonly items: readonly AugursItem[];
}

/** What the optimiser was given (Stan's names) and what it found. */
export interface StanFit {
  readonly data: {
    readonly y: readonly number[];
    readonly t: readonly number[];
    readonly t_change: readonly number[];
    readonly X: readonly number[] | readonly (readonly number[])[];
    readonly sigmas: readonly number[];
    readonly s_m: readonly number[];
    readonly tau: number;
  };
  readonly k: number;
  readonly m: number;
  readonly sigma: number;
  readonly delta: readonly number[];
  readonly beta: readonly number[];
}

/** The child's answer for one series. */
export interface AugursLine {
  readonly index: number;
  /** CPU of the fit alone. */
  readonly cpuSeconds: number;
  readonly forecast?: readonly number[];
  readonly stan?: StanFit;
  readonly fault?: string;
}

/** Longest time for one process; after a trap an instance may never return. */
const LIMIT_MS = 600_000;

export const AUGURS = 'augurs 0.10.2';

function runChild(job: AugursJob): Promise<AugursLine[]> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', entryFile('augurs')], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.on('close', () => {
      const complete = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
      resolve(complete.filter(Boolean).map((line) => JSON.parse(line) as AugursLine));
    });
    child.stdin.end(JSON.stringify(job));
  });
}

/**
 * Asks the peer about all series, in a process of its own that is replaced after a fault.
 * @returns one line a series in their order; a series without an answer has a `fault`.
 */
export async function runAugurs(job: AugursJob): Promise<AugursLine[]> {
  const lines: AugursLine[] = [];
  while (lines.length < job.items.length) {
    const offset = lines.length;
    const answers = await runChild({ ...job, items: job.items.slice(offset) });
    lines.push(...answers.map((line) => ({ ...line, index: line.index + offset })));
    // Neither answer nor fault: the process hung or died on this series.
    if (answers.length === 0) lines.push({ index: offset, cpuSeconds: 0, fault: 'no answer' });
  }
  return lines;
}
