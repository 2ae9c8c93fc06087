import type { ActivityOptions, RetryPolicy } from '@temporalio/workflow';
import { ActivityCancellationType, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { PipelineActivities, PromotionActivities, TrainingActivities } from '../contracts/activities.js';
import { trainingQueueOf } from '../contracts/workflows.js';

type Activities = PipelineActivities & TrainingActivities & PromotionActivities;

/**
 * Which faults are worth another attempt stands in the error table and reaches the server with the failure; this says
 * only how patiently. Half a minute at most between attempts, so that a service that came back is soon noticed.
 */
const patient: RetryPolicy = { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '30 seconds' };

/**
 * A step of a few statements or small blobs.
 * @param summary - shown beside the step in the UI's timeline.
 */
export const bookkeeping = (summary: string): Activities =>
  proxyActivities<Activities>({
    summary,
    startToCloseTimeout: '20 seconds', // takes well below a second; a killed worker is noticed after this long
    scheduleToCloseTimeout: '1 hour', // an outage longer than this needs a person
    retry: patient,
  });

/** A step over all rows of a table or data set, in a process of its own, on the pipeline queue. */
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

const heavy = (summary: string, heartbeatTimeoutMs: number): ActivityOptions => ({
  summary,
  heartbeatTimeout: heartbeatTimeoutMs, // a killed worker is noticed after this long
  // The step ends when its process is gone, so that a cancelled run leaves nothing computing.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { ...patient, maximumAttempts: 10 }, // survives nine lost workers; an input that kills its process ends the run
});
