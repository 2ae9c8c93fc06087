import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';

const DAY_SECONDS = 86_400;
const DEADLINE_MS = 60_000;

/** A new namespace on the shared server: it starts empty, and fixed ids collide with no other test. */
export async function createTestNamespace(client: Client): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  await client.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
  });
  const deadline = Date.now() + DEADLINE_MS;
  // The server reloads its list of namespaces at intervals; until then only some of its parts know the new one.
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
