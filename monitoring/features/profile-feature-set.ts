import type { FeatureView } from '../../contracts/feature-view.js';
import { loadFeatureSet, loadFeatureTable } from '../../feature-store/offline/feature-set-store.js';
import { timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { profileView, type ViewProfile } from './profile-view.js';

/** Statistics of one view of a feature set. */
export interface ProfiledView extends ViewProfile {
  readonly view: string;
  readonly version: number;
  /** The earliest moment of a value, milliseconds: no entity has an older one. */
  readonly eventTime: number;
}

const earliest = (moments: Float64Array, otherwise: number): number =>
  moments.length === 0 ? otherwise : moments.reduce((a, b) => Math.min(a, b));

/**
 * Statistics of each view of a feature set; a version that is not defined any more is left out. Memory: one view.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function profileFeatureSet(input: {
  readonly blobs: BlobStore;
  readonly hash: string;
  readonly views: readonly FeatureView[];
  readonly onStep?: ReportStep;
}): Promise<ProfiledView[]> {
  const { blobs, views, onStep = unreported } = input;
  await onStep('reading the feature set', 0, 1);
  const { asOf, views: stored } = await loadFeatureSet(blobs, input.hash);
  const profiled: ProfiledView[] = [];
  for (const [index, { name, version, hash }] of stored.entries()) {
    await onStep(`statistics of ${name}`, index, stored.length);
    const view = views.find((each) => each.name === name && each.version === version);
    if (view === undefined) continue;
    const table = await loadFeatureTable(blobs, hash);
    const eventTime = earliest(timestampColumn(table, 'event_time'), asOf);
    profiled.push({ view: name, version, eventTime, ...profileView(view, table) });
  }
  return profiled;
}
