import { CHECKPOINTS, checkpointKey } from './blob-key.js';
import type { ClearableCheckpoints } from './blob-store.js';
import type { Bucket } from './s3-bucket.js';

/** Checkpoints as objects in `checkpoints/`; S3 replaces an object atomically. */
export const createS3CheckpointStore = (bucket: Bucket): ClearableCheckpoints => ({
  load: (key) => bucket.read(checkpointKey(key)),
  save: (key, bytes) => bucket.write(checkpointKey(key), { bytes }),
  remove: (key) => bucket.remove(checkpointKey(key)),
  async clear() {
    let count = 0;
    for await (const { key } of bucket.list(CHECKPOINTS)) {
      await bucket.remove(key);
      count += 1;
    }
    return count;
  },
});
