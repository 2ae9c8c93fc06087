import type { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { PipelineError } from '../../contracts/errors.js';
import type { BlobStore, StoredBlob } from '../../platform/blobs/blob-store.js';

/** Stores a JSON value in canonical form, so that equal values have equal hashes. Numbers must be finite. */
export const putJsonBlob = (blobs: BlobStore, value: unknown): Promise<StoredBlob> =>
  blobs.put(new TextEncoder().encode(canonicalJson(value)));

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined; // not JSON: rejected by the schema
  }
};

/**
 * Reads a JSON blob and validates it with its schema.
 * @param expected.what - kind of the content, for the message: `snapshot`, `dataset`.
 * @throws PipelineError `DATASET_NOT_FOUND` when the hash is unknown or its content does not fit the schema,
 *   `BLOB_CORRUPT`.
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

/**
 * Stores a JSON object with other values of some members; the others stay as they were written, those included that the
 * present code does not know.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function putJsonBlobWith(blobs: BlobStore, hash: string, members: object): Promise<StoredBlob> {
  return putJsonBlob(blobs, { ...(parseJson(await blobs.get(hash)) as object), ...members });
}
