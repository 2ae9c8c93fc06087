import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

const DAY_SECONDS = 86_400;
const DEADLINE_MS = 60_000;

/** A namespace of its own on the shared server: nothing is registered there, and fixed ids collide with nobody. */
export async function createTestNamespace(client: Client): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
  });
  const deadline = Date.now() + DEADLINE_MS;
  // The server reads its list of namespaces now and then; until then it knows the new one in some places only.
  for (;;) {
    try {
      await client.workflowService.listWorkflowExecutions({ namespace, pageSize: 1 });
      await client.connection.operatorService.listSearchAttributes({ namespace });
      return namespace;
    } catch (fault) {
      if (Date.now() > deadline) throw fault;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
