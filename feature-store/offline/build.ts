import { setImmediate as nextTurn } from 'node:timers/promises';
import type { FeatureSetRef } from '../../contracts/activities.js';
import type { SnapshotTables } from '../../contracts/backend.js';
import { pipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import type { Column, Table } from '../../contracts/table.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import { putTable } from '../../datasets/snapshots/put-table.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { textColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { unionOfColumns } from '../definitions/table-columns.js';
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
async function computeView(
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
 * Computes each view for all users of a snapshot, as of the moment up to which the view's tables are known, and stores a
 * manifest with one Parquet blob for each view. Idempotent: the same snapshot and views give the same hash. Holds the tables that the views read in memory.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function buildFeatureSet(input: BuildFeatureSet): Promise<FeatureSetRef> {
  const { blobs, snapshotHash, views } = input;
  const snapshot = await loadSnapshot(blobs, snapshotHash);
  const { source, asOf } = snapshot;
  const columns = unionOfColumns([{ users: ['id'] }, ...views.map((view) => view.columns)]);
  const tables = await loadSnapshotTables(blobs, snapshotHash, { columns });
  const entityIds = userIds(tables);
  const stored: FeatureSetRef['views'] = [];
  for (const view of views) {
    const table = await computeView(view, tables, entityIds, { ...input, asOf: knownUntil(snapshot, view.tables) });
    const { hash } = await putTable(blobs, table);
    stored.push({ name: view.name, version: view.version, entities: entityIds.length, hash });
  }
  const manifest = { kind: 'feature-set', schemaVersion: 1, source, snapshotHash, asOf, views: stored } as const;
  return { hash: await putFeatureSet(blobs, manifest), views: stored };
}
