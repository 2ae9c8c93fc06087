import type { Client } from '@temporalio/client';

/** How often each activity of a finished workflow was started, by type; 1 = once, 2 = repeated. */
export async function attemptsOf(client: Client, workflowId: string): Promise<Record<string, number>> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const types = new Map<string, string>();
  const attempts: Record<string, number> = {};
  for (const {
    eventId,
    activityTaskScheduledEventAttributes: scheduled,
    activityTaskStartedEventAttributes: started,
  } of events ?? []) {
    if (scheduled) types.set(String(eventId), scheduled.activityType?.name ?? '');
    if (started) attempts[types.get(String(started.scheduledEventId)) ?? ''] = started.attempt ?? 0;
  }
  return attempts;
}
