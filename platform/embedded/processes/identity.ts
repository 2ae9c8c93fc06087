import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitUntil } from './wait.js';

/**
 * One process, told from a later one that was given the same number: pid and start time, as the operating system
 * reports it. Plain data, safe in a file.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** The identity of a live process; null when there is none with this number or it has ended and waits to be reaped. */
export function identityOf(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? linuxStartTime(pid) : portableStartTime(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** True while exactly this process lives; false for another one under a recycled number. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startedAt === identity.startedAt;
}

/** Sends a signal to exactly this process. @returns False when it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false; // it ended between the look and the signal
  }
}

/**
 * Asks a process to end and kills it when it has not within the grace time.
 * @param graceMs - Milliseconds between the signal and SIGKILL.
 * @returns True when it is gone.
 */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const gone = (): boolean => !isRunning(identity);
  signalProcess(identity, signal);
  if (await waitUntil(gone, { timeoutMs: graceMs, everyMs: 25 })) return true;
  signalProcess(identity, 'SIGKILL');
  return waitUntil(gone, { timeoutMs: 5_000, everyMs: 25 });
}

/** Like `endProcess`, and kills what is left of the process group that it leads. */
export async function endGroup(leader: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const gone = await endProcess(leader, signal, graceMs);
  try {
    if (process.platform !== 'win32') process.kill(-leader.pid, 'SIGKILL');
  } catch {
    // nobody left
  }
  return gone;
}

let bootId: string | null = null;

/** Clock ticks since boot, with the boot's id: a machine that was restarted repeats the ticks. */
function linuxStartTime(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name in parentheses may hold anything, so fields count from its end: state is the first, start time the 20th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields[0] === 'Z' || fields[0] === 'X') return null;
  bootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return `${bootId}:${fields[19] ?? ''}`;
}

function portableStartTime(pid: number): string | null {
  try {
    process.kill(pid, 0);
    if (process.platform === 'win32') return 'unknown';
    const [state = '', ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}
