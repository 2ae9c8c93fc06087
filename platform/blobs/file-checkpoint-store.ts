import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeAtomically, writePrivateFile } from './atomic-file.js';
import { namesIn } from './absent.js';
import { CHECKPOINTS, checkpointKey } from './blob-key.js';
import type { ClearableCheckpoints } from './blob-store.js';

/** Checkpoints as files in `<folder>/checkpoints/`; a save replaces the previous one atomically. */
export function createFileCheckpointStore(folder: string): ClearableCheckpoints {
  const pathOf = (key: string): string => join(folder, checkpointKey(key));
  return {
    async load(key) {
      try {
        return await readFile(pathOf(key));
      } catch (fault) {
        if (fault instanceof Error && 'code' in fault && fault.code === 'ENOENT') return null;
        throw fault;
      }
    },
    save: (key, bytes) =>
      writeAtomically(pathOf(key), join(folder, 'scratch'), (draft) => writePrivateFile(draft, bytes)),
    remove: (key) => rm(pathOf(key), { force: true }),
    async clear() {
      const names = await namesIn(join(folder, CHECKPOINTS));
      for (const name of names) await rm(join(folder, CHECKPOINTS, name), { force: true });
      return names.length;
    },
  };
}
