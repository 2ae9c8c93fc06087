import { NO_USER, snapshotBuckets } from '../../datasets/snapshots/buckets.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';

/** The buckets in which features are computed, each by itself; null: all at once, as in a snapshot of one bucket. */
export const featureBuckets = (snapshot: SnapshotManifest): readonly number[] | null =>
  (snapshot.buckets ?? 1) === 1 ? null : snapshotBuckets(snapshot).filter((bucket) => bucket !== NO_USER);
