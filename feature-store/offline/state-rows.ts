import type { TrainingData } from '../../contracts/dataset.js';
import { lineOfSource } from '../../contracts/ids.js';
import type { BackendDataset } from '../../contracts/model-definition.js';
import { knownUntil } from '../../datasets/snapshots/known-until.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { missingTables } from './training-table.js';

/** Rows that a model's states are built from, and the moment up to which they know anything (milliseconds). */
export interface StateRows {
  readonly source: string;
  readonly data: TrainingData;
  readonly asOf: number;
}

/**
 * The rows of a snapshot that a model's states are built from.
 * @returns the reason when the source has no rows in a table that the model needs.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `MISSING_COLUMN`.
 */
export async function stateRowsOfSnapshot(
  blobs: BlobStore,
  snapshotHash: string,
  backend: BackendDataset,
): Promise<StateRows | string> {
  const snapshot = await loadSnapshot(blobs, snapshotHash);
  const absent = missingTables(backend, snapshot);
  if (absent !== null) return absent;
  const { tables: required, optionalTables = [] } = backend;
  const tables = await loadSnapshotTables(blobs, snapshotHash, [...required, ...optionalTables]);
  const { source } = snapshot;
  const table = backend.stateRows?.(tables) ?? backend.rows(tables, snapshot).table;
  const schema = { ...backend.schema, line: lineOfSource(source) };
  return { source, data: { schema, table }, asOf: knownUntil(snapshot) };
}

/** Just after the newest row of a data set, whose column `timeColumn` has each row's moment. */
export function endOfRows({ table }: TrainingData, timeColumn: string): number {
  const newest = timestampColumn(table, timeColumn).reduce((latest, time) => (time > latest ? time : latest), 0);
  return newest + 1;
}
