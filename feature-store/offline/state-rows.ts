import type { TrainingData } from '../../contracts/dataset.js';
import type { EntityStateView } from '../../contracts/entity-state.js';
import { lineOfSource } from '../../contracts/ids.js';
import type { ModelDefinition } from '../../contracts/model-definition.js';
import { endOfEvents } from '../../datasets/snapshots/known-until.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { findWithheldFromModel } from '../../datasets/privacy/withheld.js';
import { timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { missingTables } from './training-table.js';

/** Rows that a model's states are built from. */
export interface StateRows {
  readonly source: string;
  readonly data: TrainingData;
  /** Of the snapshot that they are from, in milliseconds; null for an imported file, which has no other end than its own. */
  readonly asOf: number | null;
}

/** Why there are no rows for a model's states: a table without rows, or a column that the policy changed; null: there are. */
export function whyNoRows(
  { name, backend }: Pick<ModelDefinition, 'name' | 'backend'>,
  snapshot: SnapshotManifest,
): string | null {
  const absent = missingTables(backend, snapshot);
  if (absent !== null) return absent;
  const withheld = findWithheldFromModel(name, backend, snapshot.policy);
  return withheld === null ? null : `${withheld.code}: ${withheld.message}`;
}

/**
 * The rows of a snapshot that a model's states are built from.
 * @returns the reason when the source has no rows in a table that the model needs, or its policy changed a column.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `MISSING_COLUMN`.
 */
export async function stateRowsOfSnapshot(
  blobs: BlobStore,
  snapshotHash: string,
  { name, backend }: Pick<ModelDefinition, 'name' | 'backend'>,
): Promise<StateRows | string> {
  const snapshot = await loadSnapshot(blobs, snapshotHash);
  const reason = whyNoRows({ name, backend }, snapshot);
  if (reason !== null) return reason;
  const tables = await loadSnapshotTables(blobs, snapshotHash, { columns: backend.columns });
  const { source, timeZone } = snapshot;
  const table = backend.stateRows?.(tables, snapshot) ?? backend.rows(tables, snapshot).table;
  const schema = { ...backend.schema, line: lineOfSource(source), ...(timeZone !== undefined && { timeZone }) };
  return { source, data: { schema, table }, asOf: snapshot.asOf };
}

/**
 * The moment to build states as of: up to there, what their rows tell is known. The snapshot's while the rows are alive,
 * else just after the newest row, in milliseconds.
 */
export function momentOf({ data, asOf }: StateRows, { timeColumn }: EntityStateView): number {
  const times = timestampColumn(data.table, timeColumn);
  const newest = times.reduce((latest, time) => (time > latest ? time : latest), -Infinity); // NaN is never later
  return endOfEvents(asOf ?? newest + 1, newest);
}
