import type { PreparedDataset } from '../../contracts/activities.js';
import type { BackendTable, SnapshotTables } from '../../contracts/backend.js';
import type { DatasetRef, DatasetSchema } from '../../contracts/dataset.js';
import { PipelineError } from '../../contracts/errors.js';
import type { FeatureView } from '../../contracts/feature-view.js';
import { lineOfSource } from '../../contracts/ids.js';
import type { BackendDataset } from '../../contracts/model-definition.js';
import type { Column, Table } from '../../contracts/table.js';
import { storeDataset } from '../../datasets/snapshots/dataset-store.js';
import type { SnapshotManifest } from '../../datasets/snapshots/manifest.js';
import { retrospectiveNotes } from '../../datasets/snapshots/retrospective.js';
import { loadSnapshot, loadSnapshotTables } from '../../datasets/snapshots/snapshot-store.js';
import { missingColumn } from '../../learning/checks.js';
import { findWithheldFromModel } from '../../datasets/privacy/withheld.js';
import { textColumn, timestampColumn } from '../../learning/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { unionOfColumns } from '../definitions/table-columns.js';
import { fieldColumns } from './field-columns.js';

function joinView(rows: Table, view: FeatureView, tables: SnapshotTables): Record<string, Column> {
  const entityIds = textColumn(rows, 'entity_id');
  const moments = timestampColumn(rows, 'as_of');
  const compute = view.prepare(tables);
  const values = entityIds.map((entityId, row) => {
    if (entityId === null || Number.isNaN(moments[row]))
      throw new PipelineError('INVALID_VALUE', `labelled row ${row} lacks entity_id or as_of`, { row });
    return compute(entityId, moments[row]!);
  });
  return fieldColumns(view, values);
}

/**
 * Adds the views' fields to labelled rows, computed at each row's own `as_of` from strictly earlier events, by the same
 * functions that fill the online store.
 * @throws PipelineError `MISSING_COLUMN` without the columns `entity_id` and `as_of`, `INVALID_VALUE` for a row without
 *   a value in one of them, `CONFLICT` when two columns have the same name.
 */
export function joinPointInTime(rows: Table, views: readonly FeatureView[], tables: SnapshotTables): Table {
  const columns: Record<string, Column> = { ...rows.columns };
  for (const view of views)
    for (const [name, column] of Object.entries(joinView(rows, view, tables))) {
      if (Object.hasOwn(columns, name))
        throw new PipelineError('CONFLICT', `view ${view.name} and the rows before it both have a column ${name}`);
      columns[name] = column;
    }
  return { rowCount: rows.rowCount, columns };
}

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

/**
 * Builds and stores a model's training table from a snapshot: its labelled rows, joined point-in-time with its views.
 * Returns `skipped` with the reason when the source has no rows in a table that the model needs, when the snapshot's
 * policy changed a column that it cannot do without (`COLUMN_WITHHELD`), or with too few labelled rows. The line is that of the source; the schema is the same for all sources.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `MISSING_COLUMN`, `CONFLICT`,
 *   `CANCELLED`.
 */
export async function buildBackendDataset(input: {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly modelName: string;
  readonly backend: BackendDataset;
  readonly onStep?: ReportStep;
}): Promise<PreparedDataset> {
  const { blobs, snapshotHash, modelName, backend, onStep = unreported } = input;
  const manifest = await loadSnapshot(blobs, snapshotHash);
  const { asOf, source, timeZone, dateOrder } = manifest;
  const line = lineOfSource(source);
  const skipped = (reason: string): PreparedDataset => ({ status: 'skipped', line, reason });

  const absent = missingTables(backend, manifest);
  if (absent !== null) return skipped(absent);
  const withheld = findWithheldFromModel(modelName, backend, manifest.policy);
  if (withheld !== null) return skipped(`${withheld.code}: ${withheld.message}`);
  const columns = unionOfColumns([backend.columns, ...backend.views.map((view) => view.columns)]);
  const needed = Object.keys(columns) as BackendTable[];
  await onStep('reading the snapshot', 0, 3);
  const tables = await loadSnapshotTables(blobs, snapshotHash, { columns });
  await onStep('choosing labelled rows', 1, 3);
  const { table: rows, notes } = backend.rows(tables, { asOf, source, timeZone });
  const { minimumRows } = backend.schema;
  if (rows.rowCount < minimumRows)
    return skipped([`${rows.rowCount} labelled rows, wanted at least ${minimumRows}`, ...notes].join('; '));

  await onStep('joining features', 2, 3);
  const writing = { ...(timeZone !== undefined && { timeZone }), ...(dateOrder !== undefined && { dateOrder }) };
  const schema = { ...backend.schema, line, ...writing };
  const table = project(joinPointInTime(rows, backend.views, tables), schema);
  const ref: Omit<DatasetRef, 'hash' | 'rows'> = {
    modelName,
    line,
    origin: { kind: 'snapshot', snapshotHash, source },
    ...writing,
    notes: [...notes, ...retrospectiveNotes(manifest, needed), ...policyNotes(manifest, needed)],
  };
  return { status: 'ready', dataset: await storeDataset(blobs, { table, schema, ref }) };
}
