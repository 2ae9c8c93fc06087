import type { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { PipelineError } from '../../contracts/errors.js';
import type { BlobStore, StoredBlob } from '../../platform/blobs/blob-store.js';

/** Stores a JSON value in canonical form: equal values have equal hashes. Finite numbers only. */
export const putJsonBlob = (blobs: BlobStore, value: unknown): Promise<StoredBlob> =>
  blobs.put(new TextEncoder().encode(canonicalJson(value)));

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined; // not JSON: the schema refuses it below
  }
};

/**
 * Reads a manifest or report back through its schema.
 * @param expected.what - what the hash should name, for the message: `snapshot`, `dataset`.
 * @throws PipelineError `DATASET_NOT_FOUND` when the hash is unknown or names something else, `BLOB_CORRUPT`.
 */
export async function readJsonBlob<T>(
  blobs: BlobStore,
  hash: string,
  expected: { readonly schema: z.ZodType<T>; readonly what: string },
): Promise<T> {
  const { schema, what } = expected;
  if (!(await blobs.has(hash)))
    throw new PipelineError('DATASET_NOT_FOUND', `no ${what} ${hash} in the blob store`, { hash });
  const parsed = schema.safeParse(parseJson(await blobs.get(hash)));
  if (!parsed.success) throw new PipelineError('DATASET_NOT_FOUND', `blob ${hash} is not a ${what}`, { hash });
  return parsed.data;
}
