import type { Materialized } from '../../contracts/activities.js';
import { PipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import type { OnlineStore } from './online-store.js';

export async function materializeFeatureSet(input: {
  readonly blobs: BlobStore;
  readonly store: OnlineStore;
  /** Of the feature set's manifest. */
  readonly hash: string;
  readonly views: readonly FeatureView[];
}): Promise<Materialized> {
  await Promise.resolve();
  throw new PipelineError('INTERNAL', `unfinished: ${input.hash}`);
}
