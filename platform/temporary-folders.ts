import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf } from './embedded/processes/identity.js';

const PREFIX = 'ml-';
/** Process number in the names of what one process left: folders of this module, and empty logs of ONNX Runtime. */
const OWNED = new RegExp(`^(?:${PREFIX}(\\d+)-|mat-debug-(\\d+)\\.log$)`);
/** Whatever else a library left is removed after this time. */
const ABANDONED_MS = 24 * 3_600_000;

/** The folder of a state directory for temporary files. */
export const temporaryRoot = (home: string): string => join(home, 'temporary');

/**
 * Environment with which a process and the libraries in it put their temporary files below the state directory. Creates
 * the folder, readable for its owner alone, and removes what processes that have ended left in it.
 */
export function temporaryEnvironment(home: string): Record<string, string> {
  const root = temporaryRoot(home);
  mkdirSync(root, { recursive: true, mode: 0o700 });
  removeAbandoned(home);
  return { TMPDIR: root, TEMP: root, TMP: root };
}

/** Does work with a folder of its own (mode 700), named after this process, and removes it at the end. */
export async function withTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), `${PREFIX}${process.pid}-`));
  try {
    await chmod(folder, 0o700);
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Removes what processes that have ended, for instance were killed, left behind. @returns their names. */
export function removeAbandoned(home: string, now = Date.now()): readonly string[] {
  const root = temporaryRoot(home);
  if (!existsSync(root)) return [];
  const abandoned = readdirSync(root).filter((name) => isAbandoned(join(root, name), name, now));
  for (const name of abandoned) rmSync(join(root, name), { recursive: true, force: true });
  return abandoned;
}

function isAbandoned(path: string, name: string, now: number): boolean {
  const [, ours, theirs] = OWNED.exec(name) ?? [];
  const pid = ours ?? theirs;
  if (pid !== undefined) return identityOf(Number(pid)) === null;
  const { mtimeMs = now } = statSync(path, { throwIfNoEntry: false }) ?? {};
  return now - mtimeMs > ABANDONED_MS;
}
