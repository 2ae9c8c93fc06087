import type { FeatureView } from '../../contracts/feature-view.js';
import { loadFeatureSet } from '../../feature-store/offline/feature-set-store.js';
import { isPartial, loadWholeView } from '../../feature-store/offline/whole-view.js';
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
  /** The feature set has a part of the entities; the values of the others were written before. */
  readonly isPartial: boolean;
}

const earliest = (moments: Float64Array, otherwise: number): number =>
  moments.length === 0 ? otherwise : moments.reduce((a, b) => Math.min(a, b));

/**
 * Statistics of each view of a feature set, over all entities: those that the set leaves out have the values of the sets
 * that it continues. Left out are a version that is not defined any more, a view of which nothing was computed, and one
 * whose other values are no longer stored. Memory: one view of all entities.
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
  const set = await loadFeatureSet(blobs, input.hash);
  const { asOf, views: stored } = set;
  const profiled: ProfiledView[] = [];
  for (const [index, { name, version, entities }] of stored.entries()) {
    await onStep(`statistics of ${name}`, index, stored.length);
    const view = views.find((each) => each.name === name && each.version === version);
    if (view === undefined || (entities === 0 && isPartial(set, view))) continue;
    const table = await loadWholeView(blobs, set, view);
    if (table === null) continue;
    const eventTime = earliest(timestampColumn(table, 'event_time'), asOf);
    const counted = profileView(view, table);
    profiled.push({ view: name, version, eventTime, isPartial: isPartial(set, view), ...counted });
  }
  return profiled;
}
