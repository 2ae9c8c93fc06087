import { contentHash } from '../../contracts/ids.js';
import { PipelineError } from '../../contracts/errors.js';
import { sha256 } from './hash.js';

/**
 * Where a blob lies below a store's root: two hex digits of folder keep any one folder small.
 * @throws PipelineError `INVALID_INPUT` when the name is not a hash, so that no path can leave the store.
 */
export function blobKey(hash: string): string {
  if (!contentHash.safeParse(hash).success)
    throw new PipelineError('INVALID_INPUT', `a blob's name is 64 hex digits, found "${hash.slice(0, 80)}"`);
  return `blobs/${hash.slice(0, 2)}/${hash}`;
}

/** Where a checkpoint lies: keys hold slashes and colons of workflow ids, so their hash is the name. */
export const checkpointKey = (key: string): string => `checkpoints/${sha256(key)}`;

export const blobNotFound = (hash: string, store: string): PipelineError =>
  new PipelineError('BLOB_NOT_FOUND', `${store} holds no blob ${hash}`, { hash, store });

export const blobCorrupt = (hash: string, found: string, store: string): PipelineError =>
  new PipelineError('BLOB_CORRUPT', `blob ${hash} in ${store} hashes to ${found}`, { hash, found, store });
