import type { Config } from '../config/config.js';
import { invalidSetting } from '../config/invalid-setting.js';
import { type KeyRing, openKeyRing } from '../keys/key-ring.js';
import { type ArtifactLocation, artifactLocation } from './artifact-location.js';
import type { BlobStore, ClearableCheckpoints } from './blob-store.js';
import { createFileBlobStore } from './file-blob-store.js';
import { createFileCheckpointStore } from './file-checkpoint-store.js';
import { createS3BlobStore } from './s3-blob-store.js';
import { createS3CheckpointStore } from './s3-checkpoint-store.js';
import { folderBucket } from './folder-bucket.js';
import { createSealedCheckpointStore } from './sealed-checkpoint-store.js';
import { createSealedBlobStore, type SealedBlobStore, type Sealing } from './sealed-blob-store.js';
import { lazyBucket } from './lazy-bucket.js';

/** Folder or bucket that an artifact URI names. @throws PipelineError `INVALID_CONFIG` with the value and the valid forms. */
export function parseArtifactUri(artifactUri: string): ArtifactLocation {
  const location = artifactLocation(artifactUri);
  if (typeof location !== 'string') return location;
  throw invalidSetting(`ARTIFACT_URI is "${artifactUri}", wanted ${location}`, { found: artifactUri });
}

/**
 * The blob store at an artifact URI. A bucket's endpoint, region and credentials come from the AWS SDK's standard
 * variables (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID …).
 * @param cacheFolder - for verified local copies of a remote store; may be emptied at any time.
 * @throws PipelineError `INVALID_CONFIG`.
 */
export function openBlobStore(artifactUri: string, cacheFolder: string): BlobStore {
  const location = parseArtifactUri(artifactUri);
  if (location.kind === 'file') return createFileBlobStore(location.folder);
  return createS3BlobStore(lazyBucket(location), createFileBlobStore(cacheFolder));
}

/** Settings of encryption at rest. */
export type SealingSettings = Pick<Config, 'home' | 'keyRingFile' | 'blobEncryption'>;

/** Encryption by the key ring of these settings, which is opened when the first blob needs it. */
export function sealingBy({ blobEncryption: seals, ...settings }: SealingSettings): Sealing {
  let ring: Promise<KeyRing> | undefined;
  return { seals, keys: () => (ring ??= openKeyRing(settings)) };
}

/**
 * The same store with encryption: new blobs are sealed as the settings say, and sealed and plain ones are read.
 * @throws PipelineError `INVALID_CONFIG`.
 */
export function openSealedBlobStore(artifactUri: string, cacheFolder: string, sealing: Sealing): SealedBlobStore {
  const location = parseArtifactUri(artifactUri);
  const bucket = location.kind === 'file' ? folderBucket(location.folder) : lazyBucket(location);
  return createSealedBlobStore(bucket, openBlobStore(artifactUri, cacheFolder), sealing);
}

/** The checkpoint store at the same artifact URI as the blobs. @throws PipelineError `INVALID_CONFIG`. */
export function openCheckpointStore(artifactUri: string): ClearableCheckpoints {
  const location = parseArtifactUri(artifactUri);
  if (location.kind === 'file') return createFileCheckpointStore(location.folder);
  return createS3CheckpointStore(lazyBucket(location));
}

/** The same checkpoint store with encryption. @throws PipelineError `INVALID_CONFIG`. */
export const openSealedCheckpointStore = (artifactUri: string, sealing: Sealing): ClearableCheckpoints =>
  createSealedCheckpointStore(openCheckpointStore(artifactUri), sealing);
