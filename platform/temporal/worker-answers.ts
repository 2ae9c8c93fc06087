import { QueryNotRegisteredError, QueryRejectedError, type WorkflowHandle } from '@temporalio/client';

/** Time for a worker's answer; a worker that is there answers within milliseconds, a busy one within seconds. */
const ANSWER_MS = 8000;

/** The SDK registers this query for every workflow. */
const STACK_TRACE = '__stack_trace';

/** True when a worker carries the workflow on; false also when it has ended and nobody can be asked. */
export async function workerAnswers(handle: WorkflowHandle, answerMs = ANSWER_MS): Promise<boolean> {
  try {
    await handle.client.withDeadline(Date.now() + answerMs, () => handle.query(STACK_TRACE));
    return true;
  } catch (fault) {
    return fault instanceof QueryNotRegisteredError || fault instanceof QueryRejectedError;
  }
}
