import type {
  CheckSettings,
  ColumnSpec,
  DataQuality,
  DatasetRef,
  DatasetSchema,
  Expectation,
} from '../../contracts/dataset.js';
import type { Table } from '../../contracts/table.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { type ReportStep, unreported } from '../../platform/child-process/report-step.js';
import { datasetFiles, loadDataset } from '../snapshots/dataset-store.js';
import { withDuckDb } from '../snapshots/duckdb.js';
import { CheckLedger, type Fault, type TableReport } from './check-ledger.js';
import { checkColumn } from './column-checks.js';
import { checkFiles, type TableCheck } from './files/check-files.js';
import { createUniquenessCheck } from './key-checks.js';
import { reportQuality, withTableFaults } from './quality-report.js';

/** Name in reports of a row without a key. @param row - from 0. */
const unnamedRow = (row: number): string => `number ${row + 1}`;

/** A column as its rows are checked: label and key are required even if their columns are nullable. */
function checkedColumn(schema: DatasetSchema, column: ColumnSpec): ColumnSpec {
  const labelled = schema.labelOptional !== true && column.name === schema.label;
  return labelled || column.name === schema.key ? { ...column, nullable: false } : column;
}

const isUnique = ({ key }: DatasetSchema, { name, unique }: ColumnSpec): boolean => unique === true || name === key;

function checkRows(table: Table, schema: DatasetSchema, ledger: CheckLedger): void {
  const keys = table.columns[schema.key];
  ledger.startPart(table.rowCount, (row) => String(keys?.values[row] ?? unnamedRow(row)));
  for (const column of schema.columns) {
    checkColumn(checkedColumn(schema, column), table, ledger);
    if (isUnique(schema, column)) createUniquenessCheck(column.name)(table, ledger);
  }
}

/** The same checks for a stored table. */
const rowChecks = (schema: DatasetSchema): TableCheck[] =>
  schema.columns.flatMap((column) => [
    { kind: 'column' as const, spec: checkedColumn(schema, column) },
    ...(isUnique(schema, column) ? [{ kind: 'unique' as const, column: column.name }] : []),
  ]);

/** Every expectation that does not hold, with its finding. */
function failedExpectations(
  expectations: readonly Expectation[],
  data: { readonly schema: DatasetSchema; readonly table: Table; readonly settings: CheckSettings },
): Fault[] {
  return expectations.flatMap((expectation) => {
    const finding = expectation.check(data, data.settings);
    return finding === null ? [] : [{ column: null, check: expectation.name, finding }];
  });
}

/** The checks of a table. @returns `failed`: an expectation does not hold, whatever the number of bad rows. */
export function checkTable(
  { schema, table }: { readonly schema: DatasetSchema; readonly table: Table },
  { expectations, settings }: { readonly expectations: readonly Expectation[]; readonly settings: CheckSettings },
): { readonly report: TableReport; readonly failed: boolean } {
  const ledger = new CheckLedger(schema.line);
  checkRows(table, schema, ledger);
  const faults = failedExpectations(expectations, { schema, table, settings });
  for (const fault of faults) ledger.failTable(fault);
  return { report: ledger.report(), failed: faults.length > 0 };
}

/** How a report names a data set. */
export const datasetSubject = ({ hash }: DatasetRef): string => `dataset ${hash}`;

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
  await onStep('checking rows', 0, 3);
  const files = await datasetFiles(blobs, dataset.hash);
  const checks = { table: schema.line, key: schema.key, unnamed: unnamedRow, checks: rowChecks(schema) };
  const report = await withDuckDb((connection) => checkFiles(connection, { ...checks, files }));
  await onStep('reading the training table', 1, 3);
  const { table } = await loadDataset(blobs, dataset.hash);
  await onStep('checking', 2, 3);
  const faults = failedExpectations(expectations, { schema, table, settings });
  const subject = datasetSubject(dataset);
  const tables = [withTableFaults(report, faults)];
  return reportQuality(blobs, { subject, tables, maxRejectedShare, failed: faults.length > 0 });
}
