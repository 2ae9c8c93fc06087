import type { FeatureView } from '../../contracts/feature-view.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import { nullIfLost } from '../../datasets/snapshots/lost-blob.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import type { SnapshotLog } from '../../datasets/snapshots/snapshot-log.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { HOUR_MS } from '../../learning/time-series/calendar/index.js';

/** Snapshots of a source that are looked through, newest first: two a day for half a year. */
const MOST_SNAPSHOTS = 365;

/** A snapshot that reads may have been computed from. */
export interface KnownSnapshot {
  readonly hash: string;
  readonly manifest: SnapshotManifest;
}

/**
 * The snapshots of a source that are still stored, newest first; without those that another stands for because rows of
 * theirs are in quarantine.
 */
export async function storedSnapshots(
  blobs: BlobStore,
  log: Pick<SnapshotLog, 'list'>,
  source: string,
): Promise<readonly KnownSnapshot[]> {
  const records = await log.list({ source, limit: MOST_SNAPSHOTS });
  const found = new Map<string, KnownSnapshot>();
  for (const { hash, lost, removedAt } of records) {
    if (lost || removedAt !== null || found.has(hash)) continue;
    const manifest = await nullIfLost(loadSnapshot(blobs, hash));
    if (manifest !== null) found.set(hash, { hash, manifest });
  }
  const replaced = new Set([...found.values()].flatMap(({ manifest }) => manifest.quarantine?.from ?? []));
  return [...found.values()].filter(({ hash }) => !replaced.has(hash));
}

/** From which snapshot a value is computed again. */
export interface ReplaySource {
  readonly snapshot: KnownSnapshot;
  /** As of when; milliseconds. */
  readonly moment: number;
  /** Milliseconds by which the moment that the value names lies after a moment of the pipeline. */
  readonly shift: number;
}

/** Clocks of the world differ by at most so much, in steps of a quarter of an hour. */
export const LARGEST_SHIFT_MS = 14 * HOUR_MS;
export const SHIFT_STEP_MS = HOUR_MS / 4;

const momentOf = ({ manifest }: KnownSnapshot, { tables }: Pick<FeatureView, 'tables'>): number =>
  knownUntil(manifest, tables);

/**
 * The snapshot from which a value of this moment was computed, of several the last one before the read; else the first
 * one that knows everything before it, as for a value that was pushed between two runs. A moment after all snapshots that
 * lies some quarters of an hour beside one of theirs may be a shifted one.
 * @param snapshots - newest first.  @returns null when no snapshot reaches that far, or all that do are gone.
 */
export function replaySource(
  snapshots: readonly KnownSnapshot[],
  view: Pick<FeatureView, 'tables'>,
  { eventTime, at }: { readonly eventTime: number; readonly at: number },
): ReplaySource | null {
  const ofMoment = snapshots.filter((snapshot) => momentOf(snapshot, view) === eventTime);
  // Of events that have ended every snapshot has the same moment, also where rows were changed later.
  const exact = ofMoment.find(({ manifest: { asOf } }) => asOf <= at) ?? ofMoment[0];
  if (exact !== undefined) return { snapshot: exact, moment: eventTime, shift: 0 };
  const later = snapshots.findLast(({ manifest: { asOf } }) => asOf >= eventTime);
  const beside = snapshots.find((snapshot) => isShift(eventTime - momentOf(snapshot, view)));
  if (beside !== undefined && later === undefined) {
    const moment = momentOf(beside, view);
    return { snapshot: beside, moment, shift: eventTime - moment };
  }
  return later === undefined ? null : { snapshot: later, moment: eventTime, shift: 0 };
}

const isShift = (milliseconds: number): boolean =>
  milliseconds !== 0 && Math.abs(milliseconds) <= LARGEST_SHIFT_MS && milliseconds % SHIFT_STEP_MS === 0;

/** Moments of a view's earlier values, latest first. */
export const earlierMoments = (
  snapshots: readonly KnownSnapshot[],
  view: Pick<FeatureView, 'tables'>,
  before: number,
): readonly number[] =>
  [...new Set(snapshots.map((snapshot) => momentOf(snapshot, view)))]
    .filter((moment) => moment < before)
    .sort((a, b) => b - a);
