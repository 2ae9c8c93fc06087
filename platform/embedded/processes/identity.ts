import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitUntil } from './wait.js';

/**
 * One process, identified by pid and the start time that the operating system reports, so that a later process with the
 * same pid differs. Plain data, safe in JSON.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startedAt: string;
}

/** The identity of a running process; null when there is none with this pid or it is a zombie. */
export function identityOf(pid: number): ProcessIdentity | null {
  const startedAt = process.platform === 'linux' ? linuxStartTime(pid) : portableStartTime(pid);
  return startedAt === null ? null : { pid, startedAt };
}

/** True while exactly this process runs; false for another process with the same pid. */
export function isRunning(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.startedAt === identity.startedAt;
}

/** Sends a signal to exactly this process. @returns False when it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false; // it ended between the check and the signal
  }
}

/**
 * Sends a signal to a process, and SIGKILL if it still runs after the grace time.
 * @param graceMs - Milliseconds between the signal and SIGKILL.
 * @returns True when it has ended.
 */
export async function endProcess(identity: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const gone = (): boolean => !isRunning(identity);
  signalProcess(identity, signal);
  if (await waitUntil(gone, { timeoutMs: graceMs, everyMs: 25 })) return true;
  signalProcess(identity, 'SIGKILL');
  return waitUntil(gone, { timeoutMs: 5_000, everyMs: 25 });
}

/** Like `endProcess`, and then kills the rest of its process group. */
export async function endGroup(leader: ProcessIdentity, signal: NodeJS.Signals, graceMs: number): Promise<boolean> {
  const gone = await endProcess(leader, signal, graceMs);
  try {
    if (process.platform !== 'win32') process.kill(-leader.pid, 'SIGKILL');
  } catch {
    // no process is left in the group
  }
  return gone;
}

let bootId: string | null = null;

/** Start time in clock ticks since boot, with the boot id because ticks repeat after a reboot. */
function linuxStartTime(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The name in parentheses may contain any character, so fields are counted from its end: state first, start time 20th.
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
