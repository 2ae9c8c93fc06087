import { randomUUID } from 'node:crypto';
import { opendir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder } from './atomic-file.js';

/** True for the file system's error about a path that is not there. */
export const isMissing = (fault: unknown): boolean =>
  fault instanceof Error && 'code' in fault && (fault.code === 'ENOENT' || fault.code === 'ENOTDIR');

/** The result of an operation, or null when its file is not there. */
export async function absentAsNull<T>(operation: Promise<T>): Promise<T | null> {
  try {
    return await operation;
  } catch (fault) {
    if (isMissing(fault)) return null;
    throw fault;
  }
}

/** False when the operation found no file. */
export const wasThere = async (operation: Promise<void>): Promise<boolean> =>
  (await absentAsNull(operation.then(() => true))) ?? false;

/** Names in a folder in ascending order, none when the folder is absent. */
export async function namesIn(folder: string): Promise<string[]> {
  const names: string[] = [];
  try {
    for await (const entry of await opendir(folder)) names.push(entry.name);
  } catch (fault) {
    if (!isMissing(fault)) throw fault;
  }
  return names.sort();
}

async function isOlder(path: string, before: number): Promise<boolean> {
  const found = await absentAsNull(stat(path));
  return found !== null && found.mtimeMs < before;
}

/**
 * Removes a file unless it was written or touched at or after `before`, also in this very moment. It is moved aside
 * first: whoever touches it from then on finds no file and writes it again, whoever did before is seen.
 * @param scratch - a folder of the same file system.  @returns false when it is not there or was spared.
 */
export async function removeOlderFile(path: string, scratch: string, before: number): Promise<boolean> {
  if (!(await isOlder(path, before))) return false;
  await makePrivateFolder(scratch);
  const aside = join(scratch, randomUUID());
  if (!(await wasThere(rename(path, aside)))) return false;
  if (await isOlder(aside, before)) {
    await rm(aside, { force: true });
    return true;
  }
  await rename(aside, path);
  return false;
}
