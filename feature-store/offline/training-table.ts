import { join } from 'node:path';
import type { BucketedRows, DatasetPart, MadeParts, PreparedDataset } from '../../contracts/activities.js';
import type { BackendTable } from '../../contracts/backend.js';
import type { DatasetRef, DatasetSchema } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import { lineOfSource } from '../../contracts/ids.js';
import type { BackendDataset, RowsByUser } from '../../contracts/model-definition.js';
import type { Column, Table } from '../../contracts/table.js';
import { snapshotBuckets } from '../../datasets/snapshots/buckets.js';
import { storeDataset, storeDatasetFile } from '../../datasets/snapshots/dataset-store.js';
import { loadSnapshot } from '../../datasets/snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { loadSnapshotTables } from '../../datasets/snapshots/read-snapshot.js';
import { retrospectiveNotes } from '../../datasets/snapshots/retrospective.js';
import { missingColumn } from '../../learning/checks.js';
import { findWithheldFromModel } from '../../datasets/privacy/withheld.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { withTemporaryFolder } from '../../platform/temporary-folders.js';
import {
  buildDatasetPart,
  buildGroupedPart,
  columnsOf,
  groupingCount,
  momentOfSnapshot,
  partFiles,
} from './dataset-parts.js';
import { joinPointInTime } from './join-point-in-time.js';
import { requireNoLeak } from './leak-test.js';
import { mergeParts } from './merge-parts.js';

/** What a data policy changed in the tables that a model reads, for its card. */
function policyNotes({ policy }: SnapshotManifest, tables: readonly BackendTable[]): string[] {
  const changed = tables.flatMap((table) =>
    Object.entries(policy?.tables[table] ?? {}).map(([column, change]) => `${table}.${column} (${change})`),
  );
  return changed.length === 0 ? [] : [`the data policy changed ${changed.join(', ')}`];
}

/** Selects the schema's columns in its order and drops all others. */
function project(table: Table, schema: DatasetSchema): Table {
  const columns = schema.columns.map(({ name }): [string, Column] => {
    const column = table.columns[name];
    if (column === undefined) throw missingColumn(name, Object.keys(table.columns), { line: schema.line });
    return [name, column];
  });
  return { rowCount: table.rowCount, columns: Object.fromEntries(columns) };
}

/** Why a model cannot use a source: tables that it needs and that have no rows; null when it can. */
export function missingTables(backend: BackendDataset, { source, tables }: SnapshotManifest): string | null {
  const rowsOf = new Map(tables.map(({ table, rows }) => [table, rows]));
  const absent = backend.tables.filter((table) => (rowsOf.get(table) ?? 0) === 0);
  if (absent.length === 0) return null;
  return `source ${source} has no rows in ${absent.join(', ')}`;
}

/** A snapshot, the model whose rows are wanted of it, and how to follow their making. */
export interface BuildDataset {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly modelName: string;
  readonly backend: BackendDataset;
  readonly onStep?: ReportStep;
}

/** Why a model cannot be trained on a snapshot at all; null: it can, as far as is known without its rows. */
function whyNot({ modelName, backend }: BuildDataset, manifest: SnapshotManifest): string | null {
  const absent = missingTables(backend, manifest);
  if (absent !== null) return absent;
  const withheld = findWithheldFromModel(modelName, backend, manifest.policy);
  return withheld === null ? null : `${withheld.code}: ${withheld.message}`;
}

/** Schema and reference of the data set, without its rows. */
function describeDataset({ modelName, backend, snapshotHash }: BuildDataset, manifest: SnapshotManifest) {
  const { source, timeZone, dateOrder } = manifest;
  const line = lineOfSource(source);
  const needed = Object.keys(columnsOf(backend)) as BackendTable[];
  const writing = { ...(timeZone !== undefined && { timeZone }), ...(dateOrder !== undefined && { dateOrder }) };
  return {
    schema: { ...backend.schema, line, ...writing },
    ref: (notes: readonly string[]): Omit<DatasetRef, 'hash' | 'rows'> => ({
      modelName,
      line,
      origin: { kind: 'snapshot', snapshotHash, source },
      ...writing,
      notes: [...notes, ...retrospectiveNotes(manifest, needed), ...policyNotes(manifest, needed)],
    }),
  };
}

const tooFew = (rows: number, minimum: number, notes: readonly string[]): string =>
  [`${rows} labelled rows, wanted at least ${minimum}`, ...notes].join('; ');

/** All rows at once: of a snapshot of one bucket, and of a model whose rows are few. */
async function buildAtOnce(build: BuildDataset, manifest: SnapshotManifest): Promise<PreparedDataset> {
  const { blobs, snapshotHash, backend, onStep = unreported } = build;
  const { schema, ref } = describeDataset(build, manifest);
  await onStep('reading the snapshot', 0, 3);
  const tables = await loadSnapshotTables(blobs, snapshotHash, { columns: columnsOf(backend), order: 'key' });
  await onStep('choosing labelled rows', 1, 3);
  const { table: rows, notes } = backend.rows(tables, momentOfSnapshot(manifest));
  const { minimumRows } = backend.schema;
  if (rows.rowCount < minimumRows)
    return { status: 'skipped', line: schema.line, reason: tooFew(rows.rowCount, minimumRows, notes) };
  await onStep('joining features', 2, 3);
  const joined = joinPointInTime(rows, backend.views, tables);
  requireNoLeak({ backend, tables, snapshot: momentOfSnapshot(manifest), rows: joined, seed: snapshotHash });
  const table = project(joined, schema);
  return { status: 'ready', dataset: await storeDataset(blobs, { table, schema, ref: ref(notes) }) };
}

function addCounts(parts: readonly DatasetPart[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { counts } of parts)
    for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

type ByUser = BuildDataset & { readonly backend: BackendDataset & { readonly byUser: RowsByUser } };

/** The data set of parts; the same as that of all rows at once, whatever the parts. */
async function mergeDataset(
  build: ByUser,
  manifest: SnapshotManifest,
  { parts, grouped }: MadeParts,
): Promise<PreparedDataset> {
  const { blobs, backend, onStep = unreported } = build;
  await onStep('putting rows in order', 0, 1);
  const { schema, ref } = describeDataset(build, manifest);
  const conclusion = backend.byUser.conclude(addCounts(parts));
  const files = await partFiles(blobs, parts);
  const paths = await Promise.all(grouped.map((hash) => blobs.localPath(hash)));
  return withTemporaryFolder(async (folder) => {
    const path = join(folder, 'rows.parquet');
    const rows = await mergeParts({ files, grouped: paths, schema, conclusion }, path);
    const { notes } = conclusion;
    if (rows < schema.minimumRows)
      return { status: 'skipped', line: schema.line, reason: tooFew(rows, schema.minimumRows, notes) };
    return { status: 'ready', dataset: await storeDatasetFile(blobs, { path, rows, schema, ref: ref(notes) }) };
  });
}

/** The rows of one bucket. @throws PipelineError `INVALID_INPUT` for a model whose rows are made at once. */
export async function buildPart(build: BuildDataset, bucket: number): Promise<DatasetPart> {
  return buildDatasetPart(
    { ...requireByUser(build), manifest: await loadSnapshot(build.blobs, build.snapshotHash) },
    bucket,
  );
}

/** Columns over a part of the groups. @returns hash of the table. @throws PipelineError `INVALID_INPUT` as {@link buildPart}. */
export async function buildGroups(
  build: Pick<BuildDataset, 'blobs' | 'backend' | 'onStep'>,
  parts: readonly DatasetPart[],
  part: { readonly index: number; readonly count: number },
): Promise<string> {
  const { blobs, onStep = unreported } = build;
  await onStep('reading rows of all buckets', 0, 2);
  const { grouped } = requireByUser(build).backend.byUser;
  if (grouped === undefined) throw new PipelineError('INVALID_INPUT', 'the model has no columns over groups of rows');
  const files = await partFiles(blobs, parts);
  await onStep('rows of groups', 1, 2);
  return buildGroupedPart({ blobs, grouped }, files, part);
}

/** Makes the parts one after the other in this process. */
async function makeParts(build: ByUser, manifest: SnapshotManifest): Promise<MadeParts> {
  const { blobs, backend, onStep = unreported } = build;
  const buckets = snapshotBuckets(manifest);
  const parts: DatasetPart[] = [];
  for (const bucket of buckets) {
    parts.push(await buildDatasetPart({ ...build, manifest }, bucket));
  }
  const { grouped } = backend.byUser;
  if (grouped === undefined) return { parts, grouped: [] };
  const [files, count] = [await partFiles(blobs, parts), groupingCount(manifest)];
  const hashes: string[] = [];
  for (let index = 0; index < count; index++) {
    await onStep('rows of groups', index, count);
    hashes.push(await buildGroupedPart({ blobs, grouped }, files, { index, count }));
  }
  return { parts, grouped: hashes };
}

type WithBackend = Pick<BuildDataset, 'backend'>;

const isByUser = <Build extends WithBackend>(build: Build): build is Build & Pick<ByUser, 'backend'> =>
  build.backend.byUser !== undefined;

function requireByUser<Build extends WithBackend>(build: Build): Build & Pick<ByUser, 'backend'> {
  if (isByUser(build)) return build;
  throw new PipelineError('INVALID_INPUT', 'the rows of this model are made at once, not by buckets of customers');
}

/** The buckets in which a model's rows are made, each by itself; null: all at once. */
export const bucketsOf = (backend: BackendDataset, manifest: SnapshotManifest): readonly number[] | null =>
  backend.byUser === undefined || (manifest.buckets ?? 1) === 1 ? null : snapshotBuckets(manifest);

/**
 * What is to be made before the data set: the rows of each bucket, then the columns over groups of rows.
 * @returns null when all is made at once, or when there is no reason to begin.
 */
export function planParts(build: BuildDataset, manifest: SnapshotManifest): Omit<BucketedRows, 'status'> | null {
  const buckets = bucketsOf(build.backend, manifest);
  if (buckets === null || whyNot(build, manifest) !== null) return null;
  const isGrouped = build.backend.byUser?.grouped !== undefined;
  return { buckets: [...buckets], groupings: isGrouped ? groupingCount(manifest) : 0 };
}

/**
 * Builds and stores a model's training table from a snapshot: its labelled rows, joined point-in-time with its views; of
 * a snapshot of several buckets from rows made bucket by bucket, here or by other workers. Returns `skipped` with the
 * reason when the source has no rows in a table that the model needs, when the snapshot's policy changed a column that it
 * cannot do without (`COLUMN_WITHHELD`), or with too few labelled rows. The line is that of the source; the schema is the
 * same for all sources.
 * @param made - parts that were made before. @default they are made here
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `MISSING_COLUMN`, `CONFLICT`,
 *   `FEATURE_LEAK`, `CANCELLED`.
 */
export async function buildBackendDataset(build: BuildDataset, made?: MadeParts): Promise<PreparedDataset> {
  const manifest = await loadSnapshot(build.blobs, build.snapshotHash);
  const reason = whyNot(build, manifest);
  if (reason !== null) return { status: 'skipped', line: lineOfSource(manifest.source), reason };
  if (!isByUser(build) || bucketsOf(build.backend, manifest) === null) return buildAtOnce(build, manifest);
  return mergeDataset(build, manifest, made ?? (await makeParts(build, manifest)));
}
