import type { ExtractedTable } from '../../contracts/activities.js';
import type { BackendTable, TableSpec } from '../../contracts/backend.js';
import type { DataQuality } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { readParquet } from '../snapshots/parquet-file.js';
import { loadSnapshot } from '../snapshots/snapshot-store.js';
import { tableSpecs } from '../sources/backend/tables.js';
import { CheckLedger, type TableReport } from './check-ledger.js';
import { checkColumn } from './column-checks.js';
import { checkEventTime, checkForeignKeys, createUniquenessCheck } from './key-checks.js';
import { reportQuality } from './quality-report.js';

type IdSets = ReadonlyMap<string, ReadonlySet<string>>;

const keyOfRow =
  (table: Table) =>
  (row: number): string =>
    String(table.columns.id?.values[row] ?? `number ${row + 1} of its part`);

async function readIds(blobs: BlobStore, { parts }: ExtractedTable): Promise<Set<string>> {
  const table = await readParquet(await Promise.all(parts.map(({ hash }) => blobs.localPath(hash))), ['id']);
  const ids = table.columns.id;
  return new Set(ids?.kind === 'text' ? ids.values.filter((id) => id !== null) : []);
}

/** Ids of the tables that foreign keys refer to, by table. */
async function readReferencedIds(blobs: BlobStore, tables: readonly ExtractedTable[]): Promise<IdSets> {
  const referenced = new Set(tables.flatMap(({ table }) => Object.values(tableSpecs[table].foreignKeys)));
  const ids = new Map<BackendTable, Set<string>>();
  for (const table of tables) if (referenced.has(table.table)) ids.set(table.table, await readIds(blobs, table));
  return ids;
}

/** Checks one table, part by part. @param parts - in key order. */
export async function checkTable(
  spec: TableSpec,
  parts: AsyncIterable<Table>,
  context: { readonly asOf: number; readonly idsOf: IdSets },
): Promise<TableReport> {
  const ledger = new CheckLedger(spec.name);
  const unique = spec.columns.filter((column) => column.unique === true).map(({ name }) => createUniquenessCheck(name));
  for await (const part of parts) {
    ledger.startPart(part.rowCount, keyOfRow(part));
    for (const column of spec.columns) checkColumn(column, part, ledger);
    for (const check of unique) check(part, ledger);
    checkForeignKeys(spec, part, ledger, context.idsOf);
    checkEventTime(spec, part, ledger, context.asOf);
  }
  return ledger.report();
}

async function* readParts(
  blobs: BlobStore,
  { table, parts }: ExtractedTable,
  onStep: ReportStep,
): AsyncGenerator<Table> {
  for (const [index, { hash }] of parts.entries()) {
    await onStep(`check ${table}`, index, parts.length);
    yield await readParquet([await blobs.localPath(hash)]);
  }
}

/**
 * Checks every table of a snapshot against its spec: types, missing values, ranges, categories, infinities, unique ids
 * over all parts, foreign keys, no row dated at or after `asOf`. The report (a JSON blob) contains the number of rows
 * and the first row's key for each failed check, and the share of nulls for each column, but no values. Invalid rows
 * are counted, not removed. Memory: one part, and the ids of the tables that foreign keys refer to.
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
  const { asOf, tables } = await loadSnapshot(blobs, snapshotHash);
  const idsOf = await readReferencedIds(blobs, tables);
  const reports: TableReport[] = [];
  for (const table of tables)
    reports.push(await checkTable(tableSpecs[table.table], readParts(blobs, table, onStep), { asOf, idsOf }));
  return reportQuality(blobs, { subject: `snapshot ${snapshotHash}`, tables: reports, maxRejectedShare });
}
