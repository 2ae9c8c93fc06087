import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { identityOf, isRunning } from '../embedded/processes/identity.js';
import { tryLock } from '../embedded/processes/lock.js';

/** Memory that a computing process may use, taken from the budget until it is released. */
export interface Reservation {
  /** Reserves less from now on: the process is idle. */
  shrink(toMb: number): void;
  release(): void;
}

/** Memory of the machine that all computing processes of an installation share. */
export interface MemoryBudget {
  /**
   * Waits until so much memory is free. A job that is larger than the whole budget runs alone.
   * @param onWait - called when it has to wait.
   * @returns null when the signal aborts first.
   */
  reserve(mb: number, signal: AbortSignal, onWait: () => void): Promise<Reservation | null>;
}

const RETRY_MS = 250;
const reservation = z.object({ pid: z.int(), startedAt: z.string(), mb: z.number() });

/** No limit, for tests and for single jobs. */
export const unlimitedMemory: MemoryBudget = {
  reserve: () => Promise.resolve({ shrink: () => undefined, release: () => undefined }),
};

/**
 * A budget that workers and commands of one installation share through a folder with a file for each reservation.
 * Those of processes that have ended count no more.
 */
export const sharedMemoryBudget = (folder: string, totalMb: number): MemoryBudget => ({
  async reserve(mb, signal, onWait) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    let said = false;
    while (!isAborted(signal)) {
      const taken = tryReserve(folder, mb, totalMb);
      if (taken === 'full' && !said) {
        said = true;
        onWait();
      }
      if (typeof taken !== 'string') return taken;
      await pause(taken === 'busy' ? 10 : RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
    return null;
  },
});

/** `busy`: another process is looking at the reservations. */
function tryReserve(folder: string, mb: number, totalMb: number): Reservation | 'busy' | 'full' {
  const lock = tryLock(join(folder, 'lock'));
  if (lock === null) return 'busy';
  try {
    const reserved = reservedMb(folder);
    return reserved > 0 && reserved + mb > totalMb ? 'full' : writeReservation(folder, mb);
  } finally {
    lock.release();
  }
}

function writeReservation(folder: string, mb: number): Reservation {
  const file = join(folder, `${randomUUID()}.json`);
  const write = (amount: number): void =>
    writeFileSync(file, JSON.stringify({ ...identityOf(process.pid), mb: amount }), { mode: 0o600 });
  write(mb);
  return { shrink: write, release: () => rmSync(file, { force: true }) };
}

/** Sum of the reservations of running processes; removes the others. */
function reservedMb(folder: string): number {
  let sum = 0;
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.json'))) {
    const found = readReservation(join(folder, name));
    if (found !== null && isRunning(found)) sum += found.mb;
    else rmSync(join(folder, name), { force: true });
  }
  return sum;
}

function readReservation(path: string): z.infer<typeof reservation> | null {
  try {
    return reservation.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null; // released meanwhile, or cut when its process was killed
  }
}

/** A function, so that TypeScript does not narrow `aborted`, which may change between two reads. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;
