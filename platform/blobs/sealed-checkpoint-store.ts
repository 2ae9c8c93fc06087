import type { ClearableCheckpoints } from './blob-store.js';
import type { Sealing } from './sealed-blob-store.js';

/** Start of a sealed checkpoint. What is saved in clear starts otherwise, as before there was encryption. */
const MAGIC = Buffer.from('MLC1');

/** A checkpoint store that encrypts as the settings say, and reads what was saved in either form. */
export const createSealedCheckpointStore = (
  inner: ClearableCheckpoints,
  { keys, seals }: Sealing,
): ClearableCheckpoints => ({
  async load(key) {
    const saved = await inner.load(key);
    if (saved === null || !MAGIC.equals(saved.subarray(0, MAGIC.length))) return saved;
    return (await keys()).open('blobs', saved.subarray(MAGIC.length), `checkpoint ${key}`);
  },
  async save(key, bytes) {
    if (!seals) return inner.save(key, bytes);
    return inner.save(key, Buffer.concat([MAGIC, (await keys()).seal('blobs', bytes, `checkpoint ${key}`)]));
  },
  remove: (key) => inner.remove(key),
  clear: () => inner.clear(),
});
