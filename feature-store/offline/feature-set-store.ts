import type { Table } from '../../contracts/table.js';
import { putJsonBlob, putJsonBlobWith, readJsonBlob } from '../../datasets/snapshots/json-blob.js';
import { type FeatureSetManifest, featureSetManifest } from '../../datasets/snapshots/manifest.js';
import { readParquet } from '../../datasets/snapshots/parquet-file.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

/** Stores a feature set's manifest. @returns its hash, which identifies the feature set. */
export const putFeatureSet = async (blobs: BlobStore, manifest: FeatureSetManifest): Promise<string> =>
  (await putJsonBlob(blobs, manifest)).hash;

/** The manifest with this hash. @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`. */
export const loadFeatureSet = (blobs: BlobStore, hash: string): Promise<FeatureSetManifest> =>
  readJsonBlob(blobs, hash, { schema: featureSetManifest, what: 'feature set' });

/**
 * Stores the manifest of the same features as built from another snapshot of equal content. @returns its hash.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function restateFeatureSet(
  blobs: BlobStore,
  hash: string,
  snapshot: Pick<FeatureSetManifest, 'snapshotHash' | 'asOf'>,
): Promise<string> {
  await loadFeatureSet(blobs, hash);
  return (await putJsonBlobWith(blobs, hash, snapshot)).hash;
}

/**
 * One view's table: `entity_id`, `event_time`, then the view's fields in order.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export const loadFeatureTable = async (blobs: BlobStore, viewHash: string): Promise<Table> =>
  readParquet([await blobs.localPath(viewHash)]);
