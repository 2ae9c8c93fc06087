import type { WorkflowClient } from '@temporalio/client';

/** gRPC statuses of a call that the server did not finish: cancelled, deadline exceeded, internal (reset), unavailable. */
const unfinished: ReadonlySet<unknown> = new Set([1, 4, 13, 14]);

/** The statuses above with which a call fails while the server is away, and what it said; null for any other fault. */
export function absenceReason(fault: unknown, depth = 0): string | null {
  if (!(fault instanceof Error) || depth > 5) return null;
  if ('code' in fault && unfinished.has(fault.code)) return 'details' in fault ? String(fault.details) : fault.message;
  return absenceReason(fault.cause, depth + 1);
}

/** Time for an answer; a server that is there needs milliseconds. */
const ANSWER_MS = 3000;

/** Whether the server answers now. */
export async function serverAnswers(
  client: Pick<WorkflowClient, 'withDeadline' | 'workflowService'>,
): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + ANSWER_MS, () => client.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}
