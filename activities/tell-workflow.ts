import type { Context } from '@temporalio/activity';

/** Time for the server to take the message. */
const SEND_MS = 3000;

/**
 * Sends a signal to the workflow of this step, for its current details. The step does not depend on it: a message that
 * cannot be sent is left out.
 */
export async function tellWorkflow(context: Context, signal: string, ...args: readonly string[]): Promise<void> {
  try {
    const { workflowExecution } = context.info;
    if (workflowExecution === undefined) return;
    const { client } = context;
    const handle = client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId);
    await client.withDeadline(Date.now() + SEND_MS, () => handle.signal<string[]>(signal, ...args));
  } catch {
    // The server is away, or the workflow has ended.
  }
}
