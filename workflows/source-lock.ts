import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  type ChildWorkflowHandle,
  condition,
  ParentClosePolicy,
  patched,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import { workflowIds } from '../contracts/workflows.js';
import { lockReleased } from './messages.js';
import { invalidInput } from './parse-input.js';
import { bookkeeping } from './steps.js';

/**
 * Held by a retraining while it runs: the id of this workflow names the source, and of workflows with one id only one
 * runs at a time, whoever started the retraining. It ends with its parent, however that ends.
 */
export async function retrainingLock(): Promise<void> {
  if (workflowInfo().parent === undefined)
    throw invalidInput({ faults: ['a retraining starts this workflow itself; start masterTraining instead'] });
  let released = false;
  const release = (): void => {
    released = true;
  };
  setHandler(lockReleased, release, { description: 'Sent by the retraining when it ends' });
  await condition(() => released);
}

/**
 * Runs `work` while no other retraining of this source runs.
 * @throws ApplicationFailure `ALREADY_RUNNING`, naming the retraining that runs; only the start with a retry policy (a
 *   retraining for drift) is repeated for it.
 */
export async function withSourceLock<Result>(source: string, work: () => Promise<Result>): Promise<Result> {
  if (!patched('source-lock')) return work(); // retrainings from before there was a lock
  const lock = await acquire(source);
  try {
    return await work();
  } finally {
    await CancellationScope.nonCancellable(() => release(lock));
  }
}

type Lock = ChildWorkflowHandle<typeof retrainingLock>;

/** Not cancellable: a cancelled retraining keeps the lock until its models have ended. */
async function acquire(source: string): Promise<Lock> {
  const workflowId = workflowIds.retrainingLockOf(workflowInfo().taskQueue, source);
  const staticSummary = `Lets one retraining of ${source} run`;
  const options = { workflowId, staticSummary, parentClosePolicy: ParentClosePolicy.TERMINATE };
  try {
    return await CancellationScope.nonCancellable(() => startChild(retrainingLock, options));
  } catch (failure) {
    if (!(failure instanceof WorkflowExecutionAlreadyStartedError)) throw failure;
    throw await alreadyRunning(source, workflowId);
  }
}

async function alreadyRunning(source: string, lockId: string): Promise<ApplicationFailure> {
  const { workflowId: holder } = await bookkeeping('Find the retraining that runs').findLockHolder({ lockId });
  const id = holder ?? lockId;
  const message = `${id} retrains the source ${source} already; follow it with: ml runs show ${id} --follow`;
  const nonRetryable = workflowInfo().retryPolicy === undefined;
  return ApplicationFailure.create({ type: 'ALREADY_RUNNING', message, nonRetryable, details: [{ id }] });
}

async function release(lock: Lock): Promise<void> {
  try {
    await lock.signal(lockReleased);
    await lock.result();
  } catch {
    // It was ended by hand.
  }
}
