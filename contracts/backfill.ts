import { z } from 'zod';
import { contentHash, lineName, modelName, sourceName } from './ids.js';

/** More than two years at once is a mistake in a date. */
export const MOST_BACKFILLED = 104;

export const backfillInput = z.strictObject({
  /** First and last moment of the schedule that is made up for. */
  from: z.iso.datetime().nullable().default(null),
  to: z.iso.datetime().nullable().default(null),
  /** Null: the source in use. */
  source: sourceName.nullable().default(null),
  /** Empty: every model of the catalogue. */
  models: z.array(modelName).default([]),
  /** Snapshots that are taken at the same time, and models of a week that train at the same time. */
  parallel: z.int().min(1).max(8).default(2),
  seed: z.int().nullable().default(null),
  cache: z.boolean().default(true),
});
export type BackfillInput = z.input<typeof backfillInput>;

export const planBackfillInput = z.strictObject({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  source: sourceName.nullable(),
  models: z.array(modelName),
});

/** One moment of the weekly schedule. */
const plannedWeek = z.strictObject({
  /** Id of its retraining: the same in every backfill of the source. */
  workflowId: z.string(),
  asOf: z.iso.datetime(),
  /** The run that has decided about all models, or had its data rejected; null: still to do. */
  doneBy: z.string().nullable(),
  /** Taken by an earlier backfill that did not come to the training. */
  snapshotHash: contentHash.nullable(),
});
export type PlannedWeek = z.infer<typeof plannedWeek>;

export const backfillPlan = z.strictObject({ source: sourceName, line: lineName, weeks: z.array(plannedWeek) });
export type BackfillPlan = z.infer<typeof backfillPlan>;

export const backfilledWeek = z.strictObject({
  workflowId: z.string(),
  asOf: z.iso.datetime(),
  status: z.enum(['done before', 'completed', 'rejected', 'failed']),
  snapshotHash: contentHash.nullable(),
  /** What each model came to, or why the week ended before. */
  findings: z.array(z.string()),
});
export type BackfilledWeek = z.infer<typeof backfilledWeek>;

export const backfillResult = z.strictObject({
  source: sourceName,
  line: lineName,
  status: z.enum(['completed', 'failed']),
  weeks: z.array(backfilledWeek),
});
export type BackfillResult = z.infer<typeof backfillResult>;

export interface BackfillActivities {
  /**
   * The moments of the weekly schedule in the span, oldest first, and which of them have been trained already.
   * @throws `SOURCE_NOT_FOUND`, `UNKNOWN_MODEL`; `INVALID_INPUT` for a span without such a moment or with too many.
   */
  planBackfill: (input: z.infer<typeof planBackfillInput>) => Promise<BackfillPlan>;
}
