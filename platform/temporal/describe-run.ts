import type { Client, WorkflowExecutionDescription } from '@temporalio/client';

/** The server's description of a workflow; null when there is none with this id. */
export async function describeRun(client: Client, id: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'WorkflowNotFoundError') return null;
    throw fault;
  }
}

/** Id of the workflow that started this one, while it runs; null when it does not run, or nobody did. */
export async function parentOfRunning(client: Client, id: string): Promise<string | null> {
  const found = await describeRun(client, id);
  return found?.status.name === 'RUNNING' ? (found.parentExecution?.workflowId ?? null) : null;
}
