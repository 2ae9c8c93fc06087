import { join } from 'node:path';
import type { StateSetRef } from '../../contracts/activities.js';
import type { TrainingData } from '../../contracts/dataset.js';
import type { EntityStateView } from '../../contracts/entity-state.js';
import { lineOfSource } from '../../contracts/ids.js';
import type { BackendDataset, RowsByUser } from '../../contracts/model-definition.js';
import type { Table } from '../../contracts/table.js';
import { duckDbHash } from '../../datasets/snapshots/buckets.js';
import { parquetRows, quoteName, quoteText, withDuckDb } from '../../datasets/snapshots/duckdb.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import type { SnapshotManifest, StateSetManifest } from '../../datasets/snapshots/manifest.js';
import { readParquet } from '../../datasets/snapshots/parquet-file.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import type { ReportStep } from '../../platform/child-process/report-step.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import { loadBucket } from './dataset-parts.js';
import { putStateSet, statePart } from './state-set.js';

/** A snapshot of several buckets, and the model whose states are wanted. */
export interface BuildBucketedStates {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly manifest: SnapshotManifest;
  readonly backend: BackendDataset & { readonly byUser: RowsByUser };
  readonly onStep: ReportStep;
}

/** The rows of one bucket that states are built from. */
async function rowsOfBucket(build: BuildBucketedStates, bucket: number): Promise<Table> {
  const { blobs, snapshotHash: hash, manifest, backend } = build;
  const own = { ...backend, views: [], byUser: { ...backend.byUser, carried: {} } };
  const tables = await loadBucket(blobs, { hash, bucket }, own);
  return backend.stateRows?.(tables, manifest) ?? backend.rows(tables, manifest).table;
}

const dataOf = ({ manifest: { source, timeZone }, backend }: BuildBucketedStates, table: Table): TrainingData => ({
  schema: { ...backend.schema, line: lineOfSource(source), ...(timeZone !== undefined && { timeZone }) },
  table,
});

type Parts = StateSetManifest['parts'];

/** States of users: all rows of one are in one bucket. */
async function userParts(
  build: BuildBucketedStates,
  view: EntityStateView,
  { buckets, asOf }: { readonly buckets: readonly number[]; readonly asOf: number },
): Promise<Parts> {
  const parts: Parts = [];
  for (const [done, bucket] of buckets.entries()) {
    await build.onStep(view.name, done, buckets.length);
    const part = await statePart(build.blobs, view, { data: dataOf(build, await rowsOfBucket(build, bucket)), asOf });
    if (part !== null) parts.push({ bucket, ...part });
  }
  return parts;
}

/** States of others, such as counterparties: rows are written by user, and read by the hash of the entity. */
async function otherParts(
  build: BuildBucketedStates,
  view: EntityStateView,
  { buckets, asOf }: { readonly buckets: readonly number[]; readonly asOf: number },
): Promise<Parts> {
  return withTemporaryFolder(async (folder) => {
    const paths: string[] = [];
    for (const [done, bucket] of buckets.entries()) {
      await build.onStep(`rows for ${view.name}`, done, buckets.length);
      const { hash } = await putTable(build.blobs, await rowsOfBucket(build, bucket), { compression: 'snappy' });
      paths.push(await build.blobs.localPath(hash));
    }
    const count = build.manifest.buckets ?? 1;
    const parts: Parts = [];
    for (let bucket = 0; bucket < count; bucket++) {
      await build.onStep(view.name, bucket, count);
      const table = await rowsOfEntities(paths, join(folder, 'rows.parquet'), { view, asOf, bucket, count });
      const part = await statePart(build.blobs, view, { data: dataOf(build, table), asOf });
      if (part !== null) parts.push({ bucket, ...part });
    }
    return parts;
  });
}

interface WantedEntities {
  readonly view: EntityStateView;
  readonly asOf: number;
  readonly bucket: number;
  readonly count: number;
}

/** The rows before `asOf` of the entities of one bucket. */
async function rowsOfEntities(
  paths: readonly string[],
  path: string,
  { view: { idColumn, timeColumn }, asOf, bucket, count }: WantedEntities,
): Promise<Table> {
  const isOwn = `${duckDbHash(quoteName(idColumn))} % ${count} = ${bucket}`;
  const isPast = `epoch_ms(${quoteName(timeColumn)}) < ${asOf}`;
  await withDuckDb((connection) =>
    connection.run(
      `copy (select * from ${parquetRows(paths)} where ${isOwn} and ${isPast})
       to ${quoteText(path)} (format parquet, compression uncompressed)`,
    ),
  );
  return readParquet([path], undefined, { encode: true });
}

/**
 * Builds and stores the states of one view from a snapshot of several buckets, as of the moment up to which the model's
 * tables are known. Memory: the rows of one bucket.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `MISSING_COLUMN`, `CANCELLED`.
 */
export async function buildBucketedStateSet(
  build: BuildBucketedStates,
  view: EntityStateView,
  buckets: readonly number[],
): Promise<StateSetRef> {
  const { manifest, backend, blobs } = build;
  const asOf = knownUntil(manifest, [...backend.tables, ...(backend.optionalTables ?? [])]);
  const parts = await (view.entity === 'user' ? userParts : otherParts)(build, view, { buckets, asOf });
  return putStateSet(blobs, view, { source: manifest.source, asOf, buckets: manifest.buckets ?? 1, parts });
}
