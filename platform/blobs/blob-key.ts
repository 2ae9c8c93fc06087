import { contentHash } from '../../contracts/ids.js';
import { PipelineError } from '../../contracts/errors.js';
import { sha256 } from './hash.js';

/**
 * Path of a blob below a store's root, in a folder named by the first two hex digits so that no folder grows large.
 * @throws PipelineError `INVALID_INPUT` when the name is not a hash, so that no path can leave the store.
 */
export function blobKey(hash: string): string {
  if (!contentHash.safeParse(hash).success)
    throw new PipelineError('INVALID_INPUT', `a blob's name is 64 hex digits, found "${hash.slice(0, 80)}"`);
  return `blobs/${hash.slice(0, 2)}/${hash}`;
}

/** Folder of all checkpoints. */
export const CHECKPOINTS = 'checkpoints/';

/** Path of a checkpoint below a store's root: the hash of its key, since keys contain slashes and colons of workflow ids. */
export const checkpointKey = (key: string): string => `${CHECKPOINTS}${sha256(key)}`;

/** `BLOB_CORRUPT`. @param found - the hash that the stored bytes have. */
export const blobCorrupt = (hash: string, found: string, store: string): PipelineError =>
  new PipelineError('BLOB_CORRUPT', `blob ${hash} in ${store} hashes to ${found}`, { hash, found, store });
