import type { Client, WorkflowExecutionDescription } from '@temporalio/client';

/** What the server knows of a workflow; null when it knows none with this id. */
export async function describeRun(client: Client, id: string): Promise<WorkflowExecutionDescription | null> {
  try {
    return await client.workflow.getHandle(id).describe();
  } catch (fault) {
    if (fault instanceof Error && fault.name === 'WorkflowNotFoundError') return null;
    throw fault;
  }
}
