import type { DataQuality } from '../../contracts/dataset.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { putJsonBlob } from '../snapshots/json-blob.js';
import type { TableReport } from './check-ledger.js';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Every table on its own: a small table that is all wrong must not hide behind a large one that is right. */
const withinLimit = (maxRejectedShare: number) => (report: TableReport) =>
  report.rejectedRows <= maxRejectedShare * report.checkedRows;

/**
 * Stores the whole report as JSON and returns the bounded summary.
 * `passed` = in no table is the share of rejected rows above the limit, which implies the same for all rows together.
 * @param input.failed - a finding about a table as a whole that rejects it whatever the rows say.
 */
export async function reportQuality(
  blobs: BlobStore,
  input: {
    readonly subject: string;
    readonly tables: readonly TableReport[];
    readonly maxRejectedShare: number;
    readonly failed?: boolean;
  },
): Promise<DataQuality> {
  const { subject, tables, maxRejectedShare } = input;
  const passed = input.failed !== true && tables.every(withinLimit(maxRejectedShare));
  const checkedRows = sum(tables.map((table) => table.checkedRows));
  const rejectedRows = sum(tables.map((table) => table.rejectedRows));
  const report = {
    kind: 'quality-report',
    schemaVersion: 1,
    subject,
    maxRejectedShare,
    passed,
    checkedRows,
    rejectedRows,
    tables,
  };
  const failedChecks = tables.flatMap((table) => table.failedChecks).sort((a, b) => b.failedRows - a.failedRows);
  return {
    passed,
    checkedRows,
    rejectedRows,
    reportHash: (await putJsonBlob(blobs, report)).hash,
    failedChecks: failedChecks.slice(0, 20),
  };
}
