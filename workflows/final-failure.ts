import { ApplicationFailure, isCancellation, TemporalFailure, workflowInfo } from '@temporalio/workflow';
import { faultOf } from './failures.js';

/**
 * Runs `work` so that a failure ends a workflow that was started with a retry policy: the server repeats one whose step or
 * child failed, whatever code the step failed with. Without a policy the failure is that of `work`.
 */
export async function withFinalFailure<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (failure) {
    if (workflowInfo().retryPolicy === undefined || isCancellation(failure)) throw failure;
    if (!(failure instanceof TemporalFailure)) throw failure;
    const { code, message } = faultOf(failure);
    throw ApplicationFailure.create({ type: code, message, nonRetryable: true, cause: failure });
  }
}
