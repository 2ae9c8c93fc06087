import type { DataQuality, DatasetRef, DatasetSchema, Expectation } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

export async function validateDataset(input: {
  readonly blobs: BlobStore;
  readonly dataset: DatasetRef;
  readonly schema: DatasetSchema;
  readonly expectations: readonly Expectation[];
  readonly maxRejectedShare: number;
}): Promise<DataQuality> {
  await Promise.resolve();
  throw new PipelineError('INTERNAL', `unfinished: ${input.dataset.hash}`);
}
