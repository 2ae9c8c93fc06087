import { fileURLToPath } from 'node:url';
import type { PipelineError } from '../../contracts/errors.js';
import { invalidSetting } from '../config/invalid-setting.js';
import type { BlobStore, CheckpointStore } from './blob-store.js';
import { createFileBlobStore } from './file-blob-store.js';
import { createFileCheckpointStore } from './file-checkpoint-store.js';
import { createS3BlobStore } from './s3-blob-store.js';
import { createS3CheckpointStore } from './s3-checkpoint-store.js';
import { lazyBucket } from './lazy-bucket.js';

type Location =
  | { readonly kind: 'file'; readonly folder: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const malformed = (artifactUri: string, wanted: string): PipelineError =>
  invalidSetting(`ARTIFACT_URI is "${artifactUri}", wanted ${wanted}`, { found: artifactUri });

function fileLocation(url: URL, artifactUri: string): Location {
  try {
    return { kind: 'file', folder: fileURLToPath(url) };
  } catch {
    throw malformed(artifactUri, 'a folder of this machine, such as file:///var/lib/ml-services');
  }
}

function s3Location(url: URL, artifactUri: string): Location {
  if (url.hostname === '') throw malformed(artifactUri, 'a bucket, such as s3://my-bucket/ml-services');
  const prefix = decodeURIComponent(url.pathname).split('/').filter(Boolean).join('/');
  return { kind: 's3', bucket: url.hostname, prefix };
}

/** Folder or bucket that an artifact URI names. @throws PipelineError `INVALID_CONFIG` with the value and the valid forms. */
export function parseArtifactUri(artifactUri: string): Location {
  const url = URL.canParse(artifactUri) ? new URL(artifactUri) : null;
  if (url?.protocol === 'file:') return fileLocation(url, artifactUri);
  if (url?.protocol === 's3:') return s3Location(url, artifactUri);
  throw malformed(artifactUri, 'file:///absolute/folder or s3://bucket/prefix');
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

/** The checkpoint store at the same artifact URI as the blobs. @throws PipelineError `INVALID_CONFIG`. */
export function openCheckpointStore(artifactUri: string): CheckpointStore {
  const location = parseArtifactUri(artifactUri);
  if (location.kind === 'file') return createFileCheckpointStore(location.folder);
  return createS3CheckpointStore(lazyBucket(location));
}
