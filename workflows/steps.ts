import type { ActivityOptions, RetryPolicy } from '@temporalio/workflow';
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PipelineActivities, TrainingActivities } from '../contracts/activities.js';
import type { BackfillActivities } from '../contracts/backfill.js';
import type { DriftActivities } from '../contracts/drift.js';
import type { MaterialisationActivities } from '../contracts/materialisation.js';
import type { ParityActivities } from '../contracts/feature-parity.js';
import type { PromotionActivities } from '../contracts/promotion-activities.js';
import type { ReportActivities } from '../contracts/reports.js';
import type { ReproductionActivities } from '../contracts/reproduction.js';
import { trainingQueueOf } from '../contracts/workflows.js';

type Activities = PipelineActivities &
  MaterialisationActivities &
  TrainingActivities &
  PromotionActivities &
  ReproductionActivities &
  BackfillActivities &
  DriftActivities &
  ParityActivities &
  ReportActivities;

/**
 * Intervals between attempts. Whether an error is retried and how often is decided by the worker
 * (activities/retry-limits.ts): Temporal's policy cannot tell an outage, which is limited by time, from a crash, which
 * is limited by attempts. At most half a minute, so that the step continues soon after a service is back.
 */
const retryIntervals: RetryPolicy = {
  initialInterval: '1 second',
  backoffCoefficient: 2,
  maximumInterval: '30 seconds',
};

/**
 * A step of a few statements or small blobs.
 * @param summary - shown beside the step in the UI's timeline.
 */
export const bookkeeping = (summary: string): Activities => proxyActivities<Activities>(short(summary));

/**
 * A bookkeeping step that is given up after five minutes: long enough for a worker to be restarted, and short beside
 * the patience with outages.
 */
export const briefBookkeeping = (summary: string): Activities =>
  proxyActivities<Activities>({ ...short(summary), scheduleToCloseTimeout: '5 minutes' });

/** A step over all rows of a table or data set, in its own process, on the pipeline queue. */
export const dataStep = (summary: string, heartbeatTimeoutMs: number): Activities =>
  proxyActivities<Activities>({
    ...heavy(summary, heartbeatTimeoutMs),
    startToCloseTimeout: '1 hour', // ten million rows take minutes; an hour means it hangs
  });

/** A computing step on the training queue, with the model's own limit from the recorded plan. */
export const trainingStep = (
  summary: string,
  limits: { readonly timeoutMs: number; readonly heartbeatTimeoutMs: number },
): Activities =>
  proxyActivities<Activities>({
    ...heavy(summary, limits.heartbeatTimeoutMs),
    taskQueue: trainingQueueOf(workflowInfo().taskQueue),
    startToCloseTimeout: limits.timeoutMs,
  });

const short = (summary: string): ActivityOptions => ({
  summary,
  startToCloseTimeout: '20 seconds', // takes well below a second; a lost worker is detected after this time
  retry: retryIntervals,
});

const heavy = (summary: string, heartbeatTimeoutMs: number): ActivityOptions => ({
  summary,
  heartbeatTimeout: heartbeatTimeoutMs, // a lost worker is detected after this time
  // The step ends when its process has ended, so that a cancelled run leaves no process behind.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: retryIntervals,
});
