import type { FeatureSetRef } from '../../contracts/activities.js';
import { PipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';

export interface BuildFeatureSet {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly views: readonly FeatureView[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
}

export async function buildFeatureSet(input: BuildFeatureSet): Promise<FeatureSetRef> {
  await Promise.resolve();
  throw new PipelineError('INTERNAL', `unfinished: ${input.snapshotHash}`);
}
