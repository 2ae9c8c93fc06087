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

/** The arguments of a signal that a workflow received, decoded, in order. */
export async function signalsOf(client: Client, workflowId: string, name: string): Promise<unknown[]> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
    signal?.signalName === name
      ? (signal.input?.payloads ?? []).map(({ data }) => JSON.parse(Buffer.from(data ?? []).toString()) as unknown)
      : [],
  );
}

/** Seconds after which an activity of a workflow is given up, over all its attempts; null = no limit. */
export async function timeLimitOf(client: Client, workflowId: string, type: string): Promise<number | null> {
  const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = (events ?? []).flatMap(({ activityTaskScheduledEventAttributes: found }) =>
    found?.activityType?.name === type ? [found] : [],
  );
  const seconds = Number(scheduled.at(-1)?.scheduleToCloseTimeout?.seconds ?? 0);
  return seconds === 0 ? null : seconds;
}
