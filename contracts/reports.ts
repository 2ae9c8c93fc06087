import { z } from 'zod';
import { contentHash, lineName, modelName, sourceName } from './ids.js';
import { modelOutcome } from './workflows.js';

/** How a retraining ended. */
export const retrainingEnd = z.enum(['completed', 'rejected', 'failed', 'cancelled']);
export type RetrainingEnd = z.infer<typeof retrainingEnd>;

export const writeReportInput = z.strictObject({
  /** Key of the retraining: its first execution run id. */
  runKey: z.string().min(1),
  workflowId: z.string().min(1),
  /** Milliseconds. */
  startedAt: z.number(),
  source: sourceName,
  line: lineName,
  /** Of the plan, also those that were never started. */
  models: z.array(modelName),
  status: retrainingEnd,
  reasons: z.array(z.string()),
  /** Null when no snapshot was taken or named. */
  snapshotHash: contentHash.nullable(),
  /** Remarks on the data. */
  notes: z.array(z.string()),
  /** Of the models that came to an end. */
  outcomes: z.array(modelOutcome),
});
export type WriteReportInput = z.infer<typeof writeReportInput>;

/** The report of a retraining: two blobs with the same content. */
export interface RetrainingReport {
  readonly runKey: string;
  readonly workflowId: string;
  readonly source: string;
  readonly line: string;
  readonly status: RetrainingEnd;
  readonly htmlHash: string;
  readonly markdownHash: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
}

/** The reports of all retrainings. */
export interface ReportLog {
  /** Replaces the report of the same key: a retraining that was reset ends twice. */
  record(report: RetrainingReport): Promise<void>;
  /** The newest report of a workflow id; null without one. */
  findReport(workflowId: string): Promise<RetrainingReport | null>;
  /**
   * Workflow id of the newest retraining that started before, other than `workflowId`, and came to a decision about a
   * model of the line; null when there is none.
   */
  findFormer(retraining: {
    readonly workflowId: string;
    readonly line: string;
    readonly before: Date;
  }): Promise<string | null>;
}

export interface ReportActivities {
  /** Writes the report of a retraining that ends. @returns hash of the HTML blob. */
  writeReport: (input: WriteReportInput) => Promise<{ readonly htmlHash: string }>;
}
