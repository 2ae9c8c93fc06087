import { createReadStream } from 'node:fs';
import { readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { absentAsNull, namesIn, removeOlderFile, wasThere } from './absent.js';
import { writeAtomically, writePrivateFile } from './atomic-file.js';
import { copyHashed } from './hash.js';
import type { Bucket } from './s3-bucket.js';

/** A local folder with the operations of a bucket; keys are paths below it of the form `<prefix>/<shard>/<name>`. */
export function folderBucket(folder: string): Bucket {
  const scratch = join(folder, 'scratch');
  const pathOf = (key: string): string => join(folder, key);
  return {
    name: folder,
    read: (key) => absentAsNull(readFile(pathOf(key))),
    async stream(key) {
      const isThere = (await absentAsNull(stat(pathOf(key)))) !== null;
      return isThere ? (createReadStream(pathOf(key)) as AsyncIterable<Uint8Array>) : null;
    },
    async describe(key) {
      const found = await absentAsNull(stat(pathOf(key)));
      return found === null ? null : { bytes: found.size, modifiedAt: found.mtimeMs };
    },
    renew(key) {
      const now = new Date();
      return wasThere(utimes(pathOf(key), now, now));
    },
    write: (key, body) =>
      writeAtomically(pathOf(key), scratch, async (draft) => {
        await ('bytes' in body ? writePrivateFile(draft, body.bytes) : copyHashed(body.path, draft));
      }),
    remove: (key) => rm(pathOf(key), { force: true }),
    removeOlder: (key, before) => removeOlderFile(pathOf(key), scratch, before),
    async *list(keyPrefix) {
      for (const shard of await namesIn(pathOf(keyPrefix)))
        for (const name of await namesIn(join(pathOf(keyPrefix), shard))) {
          const found = await absentAsNull(stat(join(pathOf(keyPrefix), shard, name)));
          if (found !== null)
            yield { key: `${keyPrefix}${shard}/${name}`, bytes: found.size, modifiedAt: found.mtimeMs };
        }
    },
  };
}
