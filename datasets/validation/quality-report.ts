import { z } from 'zod';
import { type DataQuality, failedCheck } from '../../contracts/dataset.js';
import { sum } from '../../learning/numeric/statistics/sum.js';
import type { BlobStore } from '../../platform/blobs/blob-store.js';
import { putJsonBlob, putJsonBlobWith, readJsonBlob } from '../snapshots/json-blob.js';
import type { Fault, TableReport } from './check-ledger.js';

/** Applied to each table separately, so that a small invalid table is not outweighed by a large valid one. */
const withinLimit = (maxRejectedShare: number) => (report: TableReport) =>
  report.rejectedRows <= maxRejectedShare * report.checkedRows;

/** Whether the bad rows of every table are few enough, and no expectation about a whole table failed. */
export const isAccepted = ({ tables, maxRejectedShare, failed = false }: Checked): boolean =>
  !failed && tables.every(withinLimit(maxRejectedShare));

/** A report with faults of the whole table, which reject no row, after those of rows. */
export const withTableFaults = (
  report: TableReport,
  faults: readonly (Fault & { readonly severity?: 'warn' | 'fail' })[],
): TableReport => ({
  ...report,
  failedChecks: [
    ...report.failedChecks,
    ...faults.map(({ column, check, finding, severity = 'fail' }) => ({
      ...{ table: report.table, column, check, failedRows: 0, example: finding },
      ...(severity === 'warn' && { severity: 'warn' as const }),
    })),
  ],
});

interface Checked {
  readonly tables: readonly TableReport[];
  readonly maxRejectedShare: number;
  readonly failed?: boolean;
}

const storedReport = z.object({
  kind: z.literal('quality-report'),
  maxRejectedShare: z.number(),
  tables: z.array(
    z.object({
      table: z.string(),
      checkedRows: z.int(),
      rejectedRows: z.int(),
      nullShares: z.record(z.string(), z.number()),
      failedChecks: z.array(failedCheck),
    }),
  ),
});

/** The complete report with this hash. @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`. */
export const loadQualityReport = (
  blobs: BlobStore,
  hash: string,
): Promise<{ readonly maxRejectedShare: number; readonly tables: readonly TableReport[] }> =>
  readJsonBlob(blobs, hash, { schema: storedReport, what: 'quality report' });

/**
 * Stores the complete report as a JSON blob and returns a summary with at most twenty failed checks.
 * `passed`: in every table the share of rejected rows is at most the limit.
 * @param input.failed - true rejects the data whatever the shares, for a failed expectation about a whole table.
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
  const passed = isAccepted(input);
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

/**
 * Stores the same report about another subject of equal content. @returns its hash.
 * @throws PipelineError `DATASET_NOT_FOUND`, `BLOB_CORRUPT`.
 */
export async function restateReport(blobs: BlobStore, hash: string, subject: string): Promise<string> {
  await loadQualityReport(blobs, hash);
  return (await putJsonBlobWith(blobs, hash, { subject })).hash;
}
