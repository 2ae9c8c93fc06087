import type { CheckSettings, DataQuality, DatasetRef, DatasetSchema, Expectation } from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { loadDataset } from '../snapshots/dataset-store.js';
import { CheckLedger, type TableReport } from './check-ledger.js';
import { checkColumn } from './column-checks.js';
import { createUniquenessCheck } from './key-checks.js';
import { reportQuality } from './quality-report.js';

function checkRows(table: Table, schema: DatasetSchema, ledger: CheckLedger): void {
  const keys = table.columns[schema.key];
  ledger.startPart(table.rowCount, (row) => String(keys?.values[row] ?? `number ${row + 1}`));
  for (const column of schema.columns) {
    // Label and key are required even if their columns are nullable.
    const labelled = schema.labelOptional !== true && column.name === schema.label;
    const required = labelled || column.name === schema.key;
    checkColumn(required ? { ...column, nullable: false } : column, table, ledger);
    if (column.unique === true || column.name === schema.key) createUniquenessCheck(column.name)(table, ledger);
  }
}

/** Records every expectation that does not hold. @returns true when there is one. */
function checkExpectations(
  expectations: readonly Expectation[],
  data: { readonly schema: DatasetSchema; readonly table: Table; readonly settings: CheckSettings },
  ledger: CheckLedger,
): boolean {
  let failed = false;
  for (const expectation of expectations) {
    const finding = expectation.check(data, data.settings);
    if (finding === null) continue;
    failed = true;
    ledger.failTable({ column: null, check: expectation.name, finding });
  }
  return failed;
}

/** The checks of a table. @returns `failed`: an expectation does not hold, whatever the number of bad rows. */
export function checkTable(
  { schema, table }: { readonly schema: DatasetSchema; readonly table: Table },
  { expectations, settings }: { readonly expectations: readonly Expectation[]; readonly settings: CheckSettings },
): { readonly report: TableReport; readonly failed: boolean } {
  const ledger = new CheckLedger(schema.line);
  checkRows(table, schema, ledger);
  const failed = checkExpectations(expectations, { schema, table, settings }, ledger);
  return { report: ledger.report(), failed };
}

/**
 * Checks a training table against its schema (types, missing values, ranges, categories, infinities, unique keys) and
 * the model's expectations, each of which rejects the table if it does not hold. The report (a JSON blob) contains the
 * number of rows and the first row's key for each failed check, but no values. Invalid rows are counted, not removed.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `CANCELLED`.
 */
export async function validateDataset(input: {
  readonly blobs: BlobStore;
  readonly dataset: DatasetRef;
  readonly schema: DatasetSchema;
  readonly expectations: readonly Expectation[];
  readonly maxRejectedShare: number;
  readonly settings: CheckSettings;
  readonly onStep?: ReportStep;
}): Promise<DataQuality> {
  const { blobs, dataset, schema, expectations, maxRejectedShare, settings, onStep = unreported } = input;
  await onStep('reading the training table', 0, 2);
  const { table } = await loadDataset(blobs, dataset.hash);
  await onStep('checking', 1, 2);
  const { report, failed } = checkTable({ schema, table }, { expectations, settings });
  const subject = `dataset ${dataset.hash}`;
  return reportQuality(blobs, { subject, tables: [report], maxRejectedShare, failed });
}
