import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeaturePart, FeatureSetRef } from '../../contracts/activities.js';
import type { SnapshotTables } from '../../contracts/backend.js';
import { pipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { Column, Table } from '../../contracts/table.js';
import { parquetRows, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { textColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { unionOfColumns } from '../definitions/table-columns.js';
import { featureBuckets } from './feature-buckets.js';
import { fieldColumns } from './field-columns.js';
import { putFeatureSet } from './feature-set-store.js';

/** Snapshot and views of a feature set, and how to follow and cancel its computation. */
export interface BuildFeatureSet {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly views: readonly FeatureView[];
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: { readonly stage: string; readonly done: number; readonly total: number }) => void;
}

/** Entities computed between two checks of the signal; a few milliseconds of work. */
const ENTITIES_A_TURN = 50;

const userIds = (tables: SnapshotTables): string[] =>
  tables.users === undefined ? [] : textColumn(tables.users, 'id').filter((id) => id !== null);

/** One view's values of all entities at `asOf`: `entity_id`, `event_time`, then the fields in order. */
export async function computeView(
  view: FeatureView,
  tables: SnapshotTables,
  entityIds: readonly string[],
  context: { readonly asOf: number } & Pick<BuildFeatureSet, 'signal' | 'onProgress'>,
): Promise<Table> {
  const { asOf, signal, onProgress } = context;
  const compute = view.prepare(tables);
  const rows: Float64Array[] = [];
  for (const [index, entityId] of entityIds.entries()) {
    rows.push(compute(entityId, asOf));
    if ((index + 1) % ENTITIES_A_TURN !== 0) continue;
    onProgress?.({ stage: view.name, done: index + 1, total: entityIds.length });
    await nextTurn();
    if (signal.aborted) throw pipelineError('CANCELLED', { work: `building the features ${view.name}` });
  }
  onProgress?.({ stage: view.name, done: entityIds.length, total: entityIds.length });
  const columns: Record<string, Column> = {
    entity_id: { kind: 'text', values: entityIds },
    event_time: { kind: 'timestamp', values: new Float64Array(entityIds.length).fill(asOf) },
    ...fieldColumns(view, rows),
  };
  return { rowCount: entityIds.length, columns };
}

/**
 * Computes each view for the users of some buckets, as of the moment up to which the view's tables are known. Memory:
 * the columns of these buckets that the views read.
 */
async function computeViews(input: BuildFeatureSet, snapshot: SnapshotManifest, buckets?: readonly number[]) {
  const { blobs, snapshotHash, views } = input;
  const columns = unionOfColumns([{ users: ['id'] }, ...views.map((view) => view.columns)]);
  const tables = await loadSnapshotTables(blobs, snapshotHash, { columns, ...(buckets && { buckets }) });
  const entityIds = userIds(tables);
  const computed: Table[] = [];
  for (const view of views)
    computed.push(await computeView(view, tables, entityIds, { ...input, asOf: knownUntil(snapshot, view.tables) }));
  return computed;
}

/**
 * Computes and stores the features of the users of one bucket of a snapshot. Idempotent.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function buildFeaturePart(input: BuildFeatureSet, bucket: number): Promise<FeaturePart> {
  const snapshot = await loadSnapshot(input.blobs, input.snapshotHash);
  const views: { hash: string; rows: number }[] = [];
  for (const table of await computeViews(input, snapshot, [bucket])) {
    const { hash } = await putTable(input.blobs, table, { compression: 'snappy' });
    views.push({ hash, rows: table.rowCount });
  }
  return { bucket, views };
}

/** One view's parts as one table, ordered by the bytes of the entity's id. @returns its hash. */
export function mergeView(blobs: BlobStore, hashes: readonly string[]): Promise<string> {
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'view.parquet');
    const files = await Promise.all(hashes.map((hash) => blobs.localPath(hash)));
    await withDuckDb((connection) =>
      connection.run(
        `copy (select * replace (event_time::timestamp_ms as event_time)
               from ${parquetRows(files)} order by entity_id)
         to ${quoteText(path)} (format parquet, compression zstd)`,
      ),
    );
    return (await blobs.putFile(path)).hash;
  });
}

/** Makes the parts one after the other in this process. */
async function makeParts(input: BuildFeatureSet, buckets: readonly number[]): Promise<FeaturePart[]> {
  const parts: FeaturePart[] = [];
  for (const bucket of buckets) parts.push(await buildFeaturePart(input, bucket));
  return parts;
}

/**
 * Computes each view for all users of a snapshot, as of the moment up to which the view's tables are known, and stores a
 * manifest with one Parquet blob for each view. Idempotent: the same snapshot and views give the same hash, and the same
 * rows the same tables however the users are divided into buckets. Memory: the columns of one bucket that the views read.
 * @param made - parts of a snapshot of several buckets that were made before, in any order. @default they are made here
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function buildFeatureSet(input: BuildFeatureSet, made?: readonly FeaturePart[]): Promise<FeatureSetRef> {
  const { blobs, snapshotHash, views } = input;
  const snapshot = await loadSnapshot(blobs, snapshotHash);
  const { source, asOf } = snapshot;
  const buckets = featureBuckets(snapshot);
  const tables =
    buckets === null
      ? await storeAtOnce(input, snapshot)
      : await mergeViews(input, made ?? (await makeParts(input, buckets)));
  const stored = views.map(({ name, version }, index) => ({ name, version, ...tables[index]! }));
  const manifest = { kind: 'feature-set', schemaVersion: 1, source, snapshotHash, asOf, views: stored } as const;
  return { hash: await putFeatureSet(blobs, manifest), views: stored };
}

type StoredView = Pick<FeatureSetRef['views'][number], 'entities' | 'hash'>;

async function storeAtOnce(input: BuildFeatureSet, snapshot: SnapshotManifest): Promise<StoredView[]> {
  const stored: StoredView[] = [];
  for (const table of await computeViews(input, snapshot))
    stored.push({ entities: table.rowCount, hash: (await putTable(input.blobs, table)).hash });
  return stored;
}

export async function mergeViews(
  { blobs, views, signal, onProgress }: BuildFeatureSet,
  parts: readonly FeaturePart[],
): Promise<StoredView[]> {
  const ordered = [...parts].sort((a, b) => a.bucket - b.bucket);
  const stored: StoredView[] = [];
  for (const [index, { name }] of views.entries()) {
    onProgress?.({ stage: `putting ${name} in order`, done: index, total: views.length });
    if (signal.aborted) throw pipelineError('CANCELLED', { work: `building the features ${name}` });
    const own = ordered.map((part) => part.views[index]!);
    const entities = own.reduce((sum, { rows }) => sum + rows, 0);
    stored.push({
      entities,
      hash: await mergeView(
        blobs,
        own.map(({ hash }) => hash),
      ),
    });
  }
  return stored;
}
