import type { PreparedDataset } from '../../contracts/activities.js';
import { PipelineError } from '../../contracts/errors.js';
import type { BackendDataset } from '../../contracts/model-definition.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

export async function buildBackendDataset(input: {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly modelName: string;
  readonly backend: BackendDataset;
}): Promise<PreparedDataset> {
  await Promise.resolve();
  throw new PipelineError('INTERNAL', `unfinished: ${input.snapshotHash}`);
}
