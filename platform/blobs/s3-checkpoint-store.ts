import { checkpointKey } from './blob-key.js';
import type { CheckpointStore } from './blob-store.js';
import type { Bucket } from './s3-bucket.js';

/** Checkpoints as objects in `checkpoints/`; S3 replaces an object atomically. */
export const createS3CheckpointStore = (bucket: Bucket): CheckpointStore => ({
  load: (key) => bucket.read(checkpointKey(key)),
  save: (key, bytes) => bucket.write(checkpointKey(key), { bytes }),
  remove: (key) => bucket.remove(checkpointKey(key)),
});
