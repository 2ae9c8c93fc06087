import type { MonitoredModel } from '../../models/catalogue.js';
import type { HeldOutRows, MonitoredColumn } from '../../contracts/monitored-columns.js';
import type { Table } from '../../contracts/table.js';
import { readParquet } from '../../datasets/snapshots/parquet-file.js';
import { featureColumn } from '../../learning/evaluation/monitored/columns.js';
import { createMask } from '../../learning/text/personal-data/index.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { loadEvaluation } from '../../training/evaluation-document.js';
import { loadDivided, poolParts } from '../../training/holdout-parts.js';
import { columnValues, type ColumnValues } from './column-values.js';

/** The columns that are monitored of a model: its own, else its drift features as inputs of their name. */
export function monitoredColumns({ monitoring, driftFeatures, backend }: MonitoredModel): readonly MonitoredColumn[] {
  if (monitoring !== null) return monitoring.columns;
  const kinds = new Map(backend.schema.features.map(({ name, kind }) => [name, kind]));
  return driftFeatures.map((name) => featureColumn(name, kinds.get(name) ?? 'numeric'));
}

/**
 * The rows that a version was judged on, frozen part and newest window, with what it said about them. It learned from
 * none of them, so they show what it says about new rows.
 * @throws PipelineError `BLOB_NOT_FOUND`, `DATASET_NOT_FOUND` when its evaluation or rows are no longer stored.
 */
export async function loadHeldOut(
  blobs: BlobStore,
  model: MonitoredModel,
  evaluationHash: string,
): Promise<HeldOutRows & { readonly scored: Table }> {
  const { dataset, holdout, scoredHash } = await loadEvaluation(blobs, evaluationHash);
  const { parts } = await loadDivided(blobs, model, { dataset, holdout });
  const scored = await readParquet([await blobs.localPath(scoredHash)]);
  return { rows: poolParts(parts).table, scored };
}

/** Identifiers in texts are masked, as they are in the prediction log. */
const masked = (text: string): string => createMask().mask<string>(text);

/** Rows at even distances, at most so many. */
function* everyNth(count: number, most: number): Generator<number> {
  const step = Math.max(1, count / most);
  for (let at = 0; Math.floor(at) < count; at += step) yield Math.floor(at);
}

/** The monitored columns that held-out rows have, at most `mostRows` values of each. */
export function heldOutColumns(
  columns: readonly MonitoredColumn[],
  rows: HeldOutRows,
  mostRows: number,
): readonly ColumnValues[] {
  return columns.flatMap((column) => {
    const found = column.ofHeldOut(rows);
    if (found === null) return [];
    const values = columnValues(column);
    for (const row of everyNth(found.length, mostRows)) {
      const value = found[row] ?? null;
      values.add(column.kind === 'text' && typeof value === 'string' ? masked(value) : value);
    }
    return [values];
  });
}
