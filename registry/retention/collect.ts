import type pg from 'pg';
import type { SnapshotLog, SnapshotRecord } from '../../datasets/snapshots/snapshot-log.js';
import type { BlobStore, ListedBlob } from '../../platform/blobs/blob-store.js';
import { reachableBlobs } from './reach.js';
import { findRoots, type RetentionPolicy } from './roots.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Settings of a collection. */
export interface CollectionSettings {
  /** Newest snapshots of each source that are kept. */
  readonly snapshots: number;
  /** Days that runs which became no version keep what they recorded. */
  readonly runDays: number;
  /** Blobs that were stored or renewed within this time are spared: a run may be about to record them. */
  readonly graceHours: number;
}

export interface CollectOptions {
  readonly pool: Pick<pg.Pool, 'query'>;
  readonly blobs: BlobStore;
  readonly log: Pick<SnapshotLog, 'allHashes' | 'setRemoved'>;
  readonly settings: CollectionSettings;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Only says what would be removed. */
  readonly dryRun: boolean;
}

/** Number and size of blobs. */
export interface BlobCount {
  readonly blobs: number;
  readonly bytes: number;
}

/** What a collection found and did. */
export interface Collection {
  readonly dryRun: boolean;
  readonly stored: BlobCount;
  /** Reached from something that is kept. */
  readonly kept: BlobCount;
  /** Reached from nothing, and younger than the grace period. */
  readonly young: BlobCount;
  /** Removed; of a dry run: what would be. */
  readonly removed: BlobCount;
  /** Snapshots that the retention keeps no longer, newest first. */
  readonly snapshots: readonly Pick<SnapshotRecord, 'hash' | 'source' | 'asOf'>[];
}

class Counter {
  blobs = 0;
  bytes = 0;

  add({ bytes }: { readonly bytes: number }): void {
    this.blobs += 1;
    this.bytes += bytes;
  }

  result(): BlobCount {
    return { blobs: this.blobs, bytes: this.bytes };
  }
}

const policyOf = ({ snapshots, runDays, graceHours }: CollectionSettings, now: number): RetentionPolicy => ({
  snapshots,
  runsSince: now - Math.max(runDays * DAY_MS, graceHours * HOUR_MS),
  recordedSince: now - graceHours * HOUR_MS,
});

/**
 * Removes blobs that nothing refers to any more, mark and sweep. Safe while runs write: the blobs are listed before the
 * records are read, so that what is stored later is not considered; what a run has stored and not yet recorded is
 * younger than the grace period; and a blob that a run stores again, or takes over from an earlier run, is renewed and
 * spared up to the moment of its removal. Snapshots that are not kept are marked first, so that no run takes one.
 * @throws PipelineError `SERVICE_UNAVAILABLE`; those of the blob store.
 */
export async function collectBlobs(options: CollectOptions): Promise<Collection> {
  const { blobs, log, pool, settings, now, dryRun } = options;
  const stored = await listBlobs(blobs);
  const reached = await reachableBlobs(blobs, await findRoots(pool, policyOf(settings, now)), stored);
  const expired = (await log.allHashes()).filter(({ hash }) => !reached.has(hash));
  if (!dryRun) for (const { hash } of expired) await log.setRemoved(hash);
  const counts = await sweep(options, stored, reached);
  return { dryRun, ...counts, snapshots: expired.map(({ hash, source, asOf }) => ({ hash, source, asOf })) };
}

async function listBlobs(blobs: BlobStore): Promise<Map<string, ListedBlob>> {
  const stored = new Map<string, ListedBlob>();
  for await (const blob of blobs.list()) stored.set(blob.hash, blob);
  return stored;
}

async function sweep(
  { blobs, settings, now, dryRun }: CollectOptions,
  stored: ReadonlyMap<string, ListedBlob>,
  reached: ReadonlySet<string>,
): Promise<Pick<Collection, 'stored' | 'kept' | 'young' | 'removed'>> {
  const before = now - settings.graceHours * HOUR_MS;
  const counters = { stored: new Counter(), kept: new Counter(), young: new Counter(), removed: new Counter() };
  for (const blob of stored.values()) {
    counters.stored.add(blob);
    if (reached.has(blob.hash)) counters.kept.add(blob);
    else if (blob.renewedAt >= before) counters.young.add(blob);
    else if (dryRun || (await blobs.removeOlder(blob.hash, before))) counters.removed.add(blob);
    else counters.young.add(blob);
  }
  const { young, kept, removed } = counters;
  return { stored: counters.stored.result(), kept: kept.result(), young: young.result(), removed: removed.result() };
}
