import type { DataQuality } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

export async function validateSnapshot(input: {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly maxRejectedShare: number;
}): Promise<DataQuality> {
  await Promise.resolve();
  throw new PipelineError('INTERNAL', `unfinished: ${input.snapshotHash}`);
}
