import type { FeaturePart, FeatureSetRef } from '../../contracts/activities.js';
import type { SnapshotTables } from '../../contracts/backend.js';
import { type FeatureView, referenceOf } from '../../contracts/feature-view.js';
import type { Column, Table } from '../../contracts/table.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { loadSnapshotTables } from '../../datasets/snapshots/read-snapshot.js';
import { textColumn } from '../../learning/table.js';
import type { ReportStep } from '../../platform/child-process/report-step.js';
import { unionOfColumns } from '../definitions/table-columns.js';
import { type BuildFeatureSet, computeView, mergeView } from './build.js';
import { changedUsers } from './changed-entities.js';
import { featureBuckets } from './feature-buckets.js';
import { putFeatureSet } from './feature-set-store.js';

/** A view, and the snapshot that its stored values stand for; null: every entity is computed. */
export interface ViewWithBase {
  readonly view: FeatureView;
  readonly base: string | null;
}

/** Snapshot, views with what they are compared with, and the moments that are wanted. */
export interface BuildChanged extends Omit<BuildFeatureSet, 'views'> {
  readonly views: readonly ViewWithBase[];
  readonly onStep: ReportStep;
  /** Milliseconds; null: the present, up to which the tables of each view are known. */
  readonly moments: readonly number[] | null;
}

/** Buckets of which the features are computed; a snapshot of one bucket is worked on as a whole, as bucket 0. */
export const materialisationBuckets = (snapshot: SnapshotManifest): readonly number[] =>
  featureBuckets(snapshot) ?? [0];

/** Null where a snapshot is worked on as a whole. */
export const selectedBucket = (snapshot: SnapshotManifest, bucket: number): number | null =>
  featureBuckets(snapshot) === null ? null : bucket;

/** The moment of a view's values: the wanted one, else that up to which its tables are known. */
const momentOf = (snapshot: SnapshotManifest, view: FeatureView, wanted: number | null): number =>
  wanted ?? knownUntil(snapshot, view.tables);

interface LoadedBucket {
  readonly tables: SnapshotTables;
  readonly entityIds: readonly string[];
}

async function loadBucket(input: BuildChanged, bucket: number | null): Promise<LoadedBucket> {
  const { blobs, snapshotHash, views } = input;
  await input.onStep('reading rows', 0, 1);
  const columns = unionOfColumns([{ users: ['id'] }, ...views.map(({ view }) => view.columns)]);
  const buckets = bucket === null ? {} : { buckets: [bucket] };
  const tables = await loadSnapshotTables(blobs, snapshotHash, { columns, ...buckets });
  const ids = tables.users === undefined ? [] : textColumn(tables.users, 'id');
  return { tables, entityIds: ids.filter((id) => id !== null) };
}

/** Entities whose rows are not the same in the view's base. */
async function changedIn(
  { blobs }: BuildChanged,
  { view, base }: ViewWithBase,
  next: SnapshotManifest,
  bucket: number | null,
): Promise<ReadonlySet<string> | null> {
  if (base === null) return null;
  return changedUsers(blobs, { base: await loadSnapshot(blobs, base), next }, view, bucket);
}

/**
 * Computes and stores the features of the entities of one bucket whose rows changed, for each moment. Idempotent.
 * Memory: the columns of the bucket that the views read.
 * @returns one part for each moment, in their order.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function buildChangedParts(input: BuildChanged, bucket: number): Promise<FeaturePart[]> {
  const snapshot = await loadSnapshot(input.blobs, input.snapshotHash);
  const selected = selectedBucket(snapshot, bucket);
  const changed: (ReadonlySet<string> | null)[] = [];
  for (const [i, each] of input.views.entries()) {
    await input.onStep(`comparing ${each.view.name}`, i, input.views.length);
    changed.push(await changedIn(input, each, snapshot, selected));
  }
  const nothing = changed.every((ids) => ids !== null && ids.size === 0);
  const { tables, entityIds } = nothing ? { tables: {}, entityIds: [] } : await loadBucket(input, selected);
  const parts: FeaturePart[] = [];
  for (const moment of input.moments ?? [null]) {
    const views: FeaturePart['views'] = [];
    for (const [i, { view }] of input.views.entries()) {
      const wanted = changed[i];
      const ids = wanted === null ? entityIds : entityIds.filter((id) => wanted!.has(id));
      const table = await computeView(view, tables, ids, { ...input, asOf: momentOf(snapshot, view, moment) });
      const { hash } = await putTable(input.blobs, table, { compression: 'snappy' });
      views.push({ hash, rows: table.rowCount });
    }
    parts.push({ bucket, views });
  }
  return parts;
}

/** A view's table without rows. */
function emptyValues(view: FeatureView): Table {
  const numbers = view.fields.map(({ name }): [string, Column] => [
    name,
    { kind: 'number', values: new Float64Array() },
  ]);
  const columns: Record<string, Column> = {
    entity_id: { kind: 'text', values: [] },
    event_time: { kind: 'timestamp', values: new Float64Array() },
    ...Object.fromEntries(numbers),
  };
  return { rowCount: 0, columns };
}

/**
 * Puts the parts of all buckets together as a feature set, which names the sets that hold the other entities.
 * Idempotent.
 * @param input.continues - hash of the feature set before, by reference of a view that was not computed as a whole.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function mergeChangedParts(
  input: Pick<BuildChanged, 'blobs' | 'snapshotHash' | 'views' | 'onStep'> & {
    readonly moment: number | null;
    readonly continues: Readonly<Record<string, string>>;
  },
  parts: readonly FeaturePart[],
): Promise<FeatureSetRef & { readonly asOf: number }> {
  const { blobs, snapshotHash, views, moment, continues, onStep } = input;
  const snapshot = await loadSnapshot(blobs, snapshotHash);
  const ordered = [...parts].sort((a, b) => a.bucket - b.bucket);
  const stored: FeatureSetRef['views'] = [];
  for (const [i, { view }] of views.entries()) {
    await onStep(`putting ${view.name} in order`, i, views.length);
    const own = ordered.map((part) => part.views[i]!).filter(({ rows }) => rows > 0);
    const hashes = own.map(({ hash }) => hash);
    const hash = hashes.length === 0 ? (await putTable(blobs, emptyValues(view))).hash : await mergeView(blobs, hashes);
    const { name, version } = view;
    stored.push({ name, version, entities: own.reduce((sum, { rows }) => sum + rows, 0), hash });
  }
  const asOf = Math.max(...views.map(({ view }) => momentOf(snapshot, view, moment)));
  const manifest = { kind: 'feature-set', schemaVersion: 1, source: snapshot.source, snapshotHash, asOf } as const;
  const followed = Object.keys(continues).length === 0 ? {} : { continues };
  return { hash: await putFeatureSet(blobs, { ...manifest, views: stored, ...followed }), views: stored, asOf };
}

/** The feature sets that are followed for the views that were not computed as a whole, by reference. */
export const continuedBy = (
  views: readonly ViewWithBase[],
  before: ReadonlyMap<string, string>,
): Record<string, string> =>
  Object.fromEntries(
    views.flatMap(({ view, base }) => {
      const hash = base === null ? undefined : before.get(referenceOf(view));
      return hash === undefined ? [] : [[referenceOf(view), hash]];
    }),
  );
