import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { readJsonBlob } from './json-blob.js';
import { snapshotManifest, type SnapshotManifest } from './manifest.js';

/** The manifest with this hash. @throws PipelineError `DATASET_NOT_FOUND` when no snapshot has it, `BLOB_CORRUPT`. */
export const loadSnapshot = (blobs: BlobStore, hash: string): Promise<SnapshotManifest> =>
  readJsonBlob(blobs, hash, { schema: snapshotManifest, what: 'snapshot' });
