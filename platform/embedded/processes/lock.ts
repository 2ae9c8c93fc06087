import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { ProcessIdentity } from './identity.js';
import { identityOf, isRunning } from './identity.js';

/** A lock held by this process. */
export interface HeldLock {
  release(): void;
}

const holderSchema = z.object({ pid: z.int(), startedAt: z.string() });

/**
 * Takes a lock that one process at a time can hold and that is free again when its holder ends. Needs a file system
 * with hard links.
 *
 * The lock is a folder of numbered files, each naming a process. The process in the file with the highest number holds
 * the lock while it runs. If it has ended, another process may claim the next number, which only one process can
 * create. No process removes a file with a higher number than its own, so a slow claimant cannot remove the claim of a
 * faster one, as it could with a single file.
 * @returns Null when another running process holds the lock.
 */
export function tryLock(folder: string): HeldLock | null {
  const self = identityOf(process.pid);
  if (self === null) throw new Error('this process has no identity');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (;;) {
    const highest = highestNumber(folder);
    const holder = highest === 0 ? null : readHolder(folder, highest);
    if (holder !== null && isRunning(holder)) return null;
    const claimed = highest + 1;
    if (!claim(folder, claimed, self)) continue;
    if (highestNumber(folder) > claimed) {
      rmSync(join(folder, String(claimed)), { force: true });
      continue;
    }
    for (const number of numbers(folder)) if (number < claimed) rmSync(join(folder, String(number)), { force: true });
    return { release: () => replaceHolder(folder, claimed) };
  }
}

/** The running process that holds the lock; null when the lock is free. */
export function lockHolder(folder: string): ProcessIdentity | null {
  const highest = highestNumber(folder);
  const holder = highest === 0 ? null : readHolder(folder, highest);
  return holder !== null && isRunning(holder) ? holder : null;
}

/** Creates the numbered file by a hard link, so that no reader sees it empty. @returns False when the number is taken. */
function claim(folder: string, number: number, holder: ProcessIdentity): boolean {
  const draft = join(folder, `draft-${process.pid}-${number}`);
  writeFileSync(draft, JSON.stringify(holder));
  try {
    linkSync(draft, join(folder, String(number)));
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fault;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Keeps the file with pid 0: if it were removed, a slow claimant could take a lower number than the next holder. */
const replaceHolder = (folder: string, number: number): void =>
  writeFileSync(join(folder, String(number)), JSON.stringify({ pid: 0, startedAt: 'released' }));

function readHolder(folder: string, number: number): ProcessIdentity | null {
  try {
    return holderSchema.parse(JSON.parse(readFileSync(join(folder, String(number)), 'utf8')));
  } catch {
    return null; // removed by the next holder, or malformed
  }
}

function numbers(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .map(Number)
      .filter((number) => Number.isInteger(number) && number > 0);
  } catch {
    return []; // no folder: the lock is free
  }
}

const highestNumber = (folder: string): number => Math.max(0, ...numbers(folder));
