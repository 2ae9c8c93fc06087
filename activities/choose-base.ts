import { PipelineError } from '../contracts/errors.js';
import type { MaterialisedView } from '../contracts/feature-log.js';
import { type FeatureView, referenceOf } from '../contracts/feature-view.js';
import { knownUntil } from '../datasets/snapshots/known-until.js';
import { loadSnapshot } from '../datasets/snapshots/load-snapshot.js';
import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import type { SnapshotManifest } from '../datasets/snapshots/manifest.js';
import { whyIncomparable } from '../feature-store/offline/changed-entities.js';
import type { PipelineActivityDeps } from './dependencies.js';

/** What a view's values are wanted for, and what is stored of it. */
interface Wanted {
  readonly view: FeatureView;
  readonly next: SnapshotManifest;
  readonly last: MaterialisedView | undefined;
  readonly whole: boolean;
  readonly since: string | null;
}

/** The snapshot that stored values are compared with; null: every entity is computed, and `note` says why. */
export interface ChosenBase {
  readonly base: SnapshotManifest | null;
  readonly baseHash: string | null;
  readonly note: string | null;
}

const everyEntity = (view: FeatureView, why: string): ChosenBase => ({
  ...{ base: null, baseHash: null },
  note: `${referenceOf(view)}: every entity, because ${why}`,
});

const utcDay = (moment: number): string => new Date(moment).toISOString().slice(0, 10);

/** The newest snapshot as of a moment. @throws PipelineError `DATASET_NOT_FOUND`. */
async function snapshotBefore(
  { snapshotLog }: Pick<PipelineActivityDeps, 'snapshotLog'>,
  source: string,
  since: string,
): Promise<string> {
  const listed = await snapshotLog.list({ source, limit: 1_000 });
  const intact = listed.filter(({ lost, removedAt, asOf }) => !lost && removedAt === null && asOf <= Date.parse(since));
  const newest = intact.reduce<(typeof intact)[number] | null>((a, b) => (a === null || b.asOf > a.asOf ? b : a), null);
  if (newest !== null) return newest.hash;
  const message = `the source ${source} has no stored snapshot as of ${since} or before, to tell what changed since`;
  throw new PipelineError('DATASET_NOT_FOUND', message, { source });
}

/**
 * The snapshot that a view's stored values stand for. Every entity is computed on the first run of each day (UTC),
 * because windows and ages move with time also for entities without a new row; and where there is nothing to compare.
 * @throws PipelineError `DATASET_NOT_FOUND` when there is no snapshot before `since`.
 */
export async function chooseBase(
  deps: Pick<PipelineActivityDeps, 'snapshotLog' | 'blobs'>,
  { view, next, last, whole, since }: Wanted,
): Promise<ChosenBase> {
  if (whole) return everyEntity(view, 'that was asked for');
  if (last === undefined) return everyEntity(view, 'none was materialised before');
  const moment = knownUntil(next, view.tables);
  if (moment < last.eventTime) return everyEntity(view, 'later values are stored');
  if (since === null && utcDay(moment) !== utcDay(last.wholeEventTime)) return everyEntity(view, 'a new day has begun');
  const baseHash = since === null ? last.snapshotHash : await snapshotBefore(deps, next.source, since);
  const base = await nullIfLost(loadSnapshot(deps.blobs, baseHash));
  if (base === null) return everyEntity(view, 'the snapshot of the last run is no longer stored');
  const why = whyIncomparable({ base, next }, view);
  return why === null ? { base, baseHash, note: null } : everyEntity(view, why);
}
