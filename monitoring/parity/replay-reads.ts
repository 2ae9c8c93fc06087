import type { FeatureFunction, FeatureView } from '../../contracts/feature-view.js';
import { pipelineError } from '../../contracts/errors.js';
import { bucketOf } from '../../datasets/snapshots/buckets.js';
import { loadSnapshotTables } from '../../datasets/snapshots/read-snapshot.js';
import { unionOfColumns } from '../../feature-store/definitions/table-columns.js';
import { groupBy } from '../../learning/group-by.js';
import { textColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import type { KeyRing } from '../../platform/keys/key-ring.js';
import { differencesOf } from './compare-read.js';
import { type KnownSnapshot, replaySource, type ReplaySource } from './known-moments.js';
import type { LoggedRead } from './logged-reads.js';

/** A read with the view by which it is computed again. */
export interface KnownRead {
  readonly read: LoggedRead;
  readonly view: FeatureView;
  readonly values: Float64Array;
}

/** A read that was computed again. */
export interface ReplayedRead extends KnownRead {
  /** (fields,) as of the read's moment. */
  readonly expected: Float64Array;
  readonly shift: number;
  /** The view's values of the same entity as of another moment, from the same rows. */
  readonly at: (moment: number) => Float64Array;
}

/** Reads that could not be computed again, by reason. */
export type NotCompared = Map<string, number>;

export const countNotCompared = (into: NotCompared, reason: string): void =>
  void into.set(reason, (into.get(reason) ?? 0) + 1);

const reasons = {
  noSnapshot: 'the snapshot that knows the moment is not taken yet, or was removed',
  noEntity: 'the customer is in no row of the snapshot, such as one that was erased',
} as const;

interface Placed extends KnownRead {
  readonly from: ReplaySource;
}

/** What a replay reads, and how it is followed. */
export interface ReplayContext {
  readonly blobs: BlobStore;
  readonly keys: Pick<KeyRing, 'signWith'>;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
}

const hashKey = ({ entityHash, entityKey }: LoggedRead): string => `${entityKey} ${entityHash}`;

/** Ids of the users of a snapshot that reads are about, by key version and hash. */
async function findEntities(
  { blobs, keys }: ReplayContext,
  { hash }: KnownSnapshot,
  reads: readonly LoggedRead[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(reads.map(hashKey));
  const versions = [...new Set(reads.map(({ entityKey }) => entityKey))];
  const { users } = await loadSnapshotTables(blobs, hash, { columns: { users: ['id'] } });
  const found = new Map<string, string>();
  for (const id of users === undefined ? [] : textColumn(users, 'id'))
    for (const version of id === null ? [] : versions) {
      const key = `${version} ${keys.signWith('subjects', version, id!).toString('hex')}`;
      if (wanted.has(key)) found.set(key, id!);
    }
  return found;
}

/** Computes reads of one bucket of one snapshot again. Memory: the columns of the bucket that the views read. */
async function replayBucket(
  { blobs }: ReplayContext,
  snapshot: KnownSnapshot,
  { bucket, reads }: { readonly bucket: number; readonly reads: readonly (Placed & { readonly entityId: string })[] },
): Promise<ReplayedRead[]> {
  const views = [...new Set(reads.map(({ view }) => view))];
  const columns = unionOfColumns(views.map((view) => view.columns));
  const buckets = (snapshot.manifest.buckets ?? 1) === 1 ? {} : { buckets: [bucket] };
  const tables = await loadSnapshotTables(blobs, snapshot.hash, { columns, ...buckets });
  const functions = new Map<FeatureView, FeatureFunction>(views.map((view) => [view, view.prepare(tables)]));
  return reads.map(({ entityId, from, ...known }) => {
    const at = (moment: number): Float64Array => functions.get(known.view)!(entityId, moment);
    return { ...known, expected: at(from.moment), shift: from.shift, at };
  });
}

/** A shifted header stands over the values of the run; others were pushed at that moment, which no snapshot knows yet. */
const mayBePushed = ({ view, values, expected, shift }: ReplayedRead): boolean =>
  shift !== 0 && differencesOf(view, values, expected).length > 0;

/**
 * Computes reads again from the snapshots that know their moment, by the view's own function: snapshot by snapshot,
 * bucket by bucket.
 * @param into - counts those that cannot be.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `KEY_NOT_FOUND`, `CANCELLED`.
 */
export async function replayReads(
  context: ReplayContext,
  snapshots: readonly KnownSnapshot[],
  reads: readonly KnownRead[],
  into: NotCompared,
): Promise<ReplayedRead[]> {
  const placed = reads.flatMap((known): Placed[] => {
    const from = replaySource(snapshots, known.view, known.read);
    if (from === null) countNotCompared(into, reasons.noSnapshot);
    return from === null ? [] : [{ ...known, from }];
  });
  const replayed: ReplayedRead[] = [];
  for (const [snapshot, own] of groupBy(placed, ({ from }) => from.snapshot)) {
    const entities = await findEntities(context, snapshot, own.map(({ read }) => read)); // prettier-ignore
    const known = own.flatMap((each) => {
      const entityId = entities.get(hashKey(each.read));
      if (entityId === undefined) countNotCompared(into, reasons.noEntity);
      return entityId === undefined ? [] : [{ ...each, entityId }];
    });
    for (const [bucket, some] of groupBy(known, ({ entityId }) => bucketOf(entityId, snapshot.manifest.buckets ?? 1))) {
      if (context.signal.aborted) throw pipelineError('CANCELLED', { work: 'computing logged reads again' });
      for (const each of await replayBucket(context, snapshot, { bucket, reads: some }))
        if (mayBePushed(each)) countNotCompared(into, reasons.noSnapshot);
        else replayed.push(each);
      context.onProgress?.({ stage: 'reads', done: replayed.length, total: reads.length });
    }
  }
  return replayed;
}
