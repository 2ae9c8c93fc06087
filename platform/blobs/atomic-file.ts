import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import { fullStorageCause, storageFull } from '../outage.js';

/** Readable by the owner only, since blobs contain customers' rows. */
const PRIVATE_FOLDER = 0o700;
const READ_ONLY = 0o400;

/** Creates a folder with mode 700, and its parents. */
export const makePrivateFolder = async (path: string): Promise<void> => {
  await mkdir(path, { recursive: true, mode: PRIVATE_FOLDER });
};

/**
 * Makes renames and new files in a folder durable across a power failure. Windows cannot open folders, and its file systems
 * need no such call.
 */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

async function fillAndMove(scratch: string, fill: (path: string) => Promise<string | null>): Promise<void> {
  await makePrivateFolder(scratch);
  const draft = join(scratch, randomUUID());
  try {
    const target = await fill(draft);
    if (target === null) return;
    await makePrivateFolder(dirname(target));
    await syncFile(draft);
    await chmod(draft, READ_ONLY);
    await rename(draft, target);
    await syncFolder(dirname(target));
  } finally {
    await rm(draft, { force: true });
  }
}

/**
 * Like `writeAtomically`, for a file that is named after its content.
 * @param fill - writes the file at the given path and returns where it belongs; null: it is not needed.
 */
export async function writeNamed(scratch: string, fill: (path: string) => Promise<string | null>): Promise<void> {
  try {
    await fillAndMove(scratch, fill);
  } catch (fault) {
    const folder = dirname(scratch);
    if (fault instanceof PipelineError) throw fault;
    if (fullStorageCause(fault) !== null) throw storageFull(folder, fault);
    const message = `cannot write to ${folder}: ${messageOf(fault)}`;
    throw new PipelineError('SERVICE_UNAVAILABLE', message, { folder }, { cause: fault });
  }
}

/**
 * Writes a temporary file in `scratch` and renames it to `target`: a reader sees either the whole file or none, and a
 * killed writer leaves only the temporary file. Of several writers the last one wins.
 * @param fill - writes the file at the given path.
 * @throws PipelineError naming the folder: `STORAGE_FULL`; `SERVICE_UNAVAILABLE` without permission or disk.
 */
export const writeAtomically = (
  target: string,
  scratch: string,
  fill: (path: string) => Promise<void>,
): Promise<void> => writeNamed(scratch, (path) => fill(path).then(() => target));

/** Writes bytes to a new file with mode 600; an existing file is an error. */
export async function writePrivateFile(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
}
