import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Replaces a file so that a reader, a crash and a power failure see either the former content or the new one: writes a
 * sibling file with mode 600, syncs it, renames it and syncs the folder. Synchronous, so that the file is written in
 * the same turn as what it records. Creates the folder with mode 700.
 * @throws the error of the file system, such as ENOSPC; the former content is unchanged then.
 */
export function writeDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}-${randomUUID().slice(0, 8)}`;
  try {
    const file = openSync(draft, 'wx', 0o600);
    try {
      writeFileSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  } catch (fault) {
    rmSync(draft, { force: true });
    throw fault;
  }
  syncFolder(dirname(path));
}

/** Makes the rename durable. Windows cannot open folders, and its file systems need no such call. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
