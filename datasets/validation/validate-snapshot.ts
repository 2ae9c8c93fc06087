import type { ExtractedTable } from '../../contracts/activities.js';
import type { BackendTable, TableSpec } from '../../contracts/backend.js';
import type { DataQuality } from '../../contracts/dataset.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { withDuckDb } from '../snapshots/duckdb.js';
import { loadSnapshot } from '../snapshots/load-snapshot.js';
import type { SnapshotManifest } from '../snapshots/manifest.js';
import { snapshotFiles } from '../snapshots/read-snapshot.js';
import { tableSpecs } from '../sources/backend/tables.js';
import type { TableReport } from './check-ledger.js';
import { rowOfPart } from './check-table.js';
import { checkFiles, type FileChecks, type TableCheck } from './files/check-files.js';
import { reportQuality } from './quality-report.js';

/** The checks that a table's spec states, in the order of reports. */
export function specChecks(spec: TableSpec, asOf: number): TableCheck[] {
  const { columns, foreignKeys, eventTime } = spec;
  return [
    ...columns.map((column) => ({ kind: 'column' as const, spec: column })),
    ...columns.flatMap(({ name, unique }) => (unique === true ? [{ kind: 'unique' as const, column: name }] : [])),
    ...Object.entries(foreignKeys).map(([column, target]) => ({ kind: 'foreign-key' as const, column, target })),
    ...(eventTime === null ? [] : [{ kind: 'before-as-of' as const, column: eventTime, asOf }]),
  ];
}

/** Files by table. */
async function filesOf(blobs: BlobStore, manifest: SnapshotManifest): Promise<Map<BackendTable, readonly string[]>> {
  const files = new Map<BackendTable, readonly string[]>();
  for (const { table } of manifest.tables) files.set(table, await snapshotFiles(blobs, manifest, table));
  return files;
}

/**
 * Checks every table of a snapshot against its spec: types, missing values, ranges, categories, infinities, unique ids
 * over all parts, foreign keys, no row dated at or after `asOf`. The report (a JSON blob) contains the number of rows
 * and the first row's key for each failed check, and the share of nulls for each column, but no values. Invalid rows
 * are counted, not removed. The checks are SQL over the Parquet parts; see {@link checkFiles} for the memory.
 * @param input.maxRejectedShare - 0.02 = a table is rejected when more than 2 % of its rows are invalid.
 * @param input.onStep - called before each part.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function validateSnapshot(input: {
  readonly blobs: BlobStore;
  readonly snapshotHash: string;
  readonly maxRejectedShare: number;
  readonly onStep?: ReportStep;
}): Promise<DataQuality> {
  const { blobs, snapshotHash, maxRejectedShare, onStep = unreported } = input;
  const manifest = await loadSnapshot(blobs, snapshotHash);
  const targets = await filesOf(blobs, manifest);
  const checksOf = ({ table }: ExtractedTable): FileChecks => ({
    ...{ table, targets, key: 'id', unnamed: rowOfPart },
    checks: specChecks(tableSpecs[table], manifest.asOf),
  });
  const reports = await withDuckDb(async (connection) => {
    const checked: TableReport[] = [];
    for (const table of manifest.tables)
      checked.push(await checkFiles(connection, { ...checksOf(table), files: targets.get(table.table) ?? [] }, onStep));
    return checked;
  });
  return reportQuality(blobs, { subject: `snapshot ${snapshotHash}`, tables: reports, maxRejectedShare });
}
