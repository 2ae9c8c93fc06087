import type { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { messages } from '../contracts/workflows.js';
import { lastFailureOf } from '../platform/temporal/waiting-steps.js';

/** Time for the server to take the message. */
const SEND_MS = 3000;

/** The part of an activity's context that is read. */
export type TellingContext = {
  readonly client: Pick<Client, 'withDeadline' | 'workflow'>;
  readonly info: Pick<Context['info'], 'activityId' | 'activityType' | 'attempt' | 'workflowExecution'>;
};

type Workflow = ReturnType<Client['workflow']['getHandle']>;

/**
 * Calls the workflow of this step. The step does not depend on it: a message that cannot be sent is left out.
 */
async function withWorkflow({ client, info }: TellingContext, work: (handle: Workflow) => Promise<void>) {
  try {
    const { workflowExecution } = info;
    if (workflowExecution === undefined) return;
    const handle = client.workflow.getHandle(workflowExecution.workflowId, workflowExecution.runId);
    await client.withDeadline(Date.now() + SEND_MS, () => work(handle));
  } catch {
    // The server is away, or the workflow has ended.
  }
}

/** Sends a signal to the workflow of this step, for its current details. */
export const tellWorkflow = (context: TellingContext, signal: string, ...args: readonly string[]): Promise<void> =>
  withWorkflow(context, (handle) => handle.signal<string[]>(signal, ...args));

/**
 * Tells the workflow of this step that it is repeated, and how the attempt before failed. A worker that was lost could
 * not say it itself; the server noted it.
 */
export const tellRepetition = (context: TellingContext): Promise<void> =>
  withWorkflow(context, async (handle) => {
    const { activityId, activityType, attempt } = context.info;
    const failure = lastFailureOf(await handle.describe(), activityId);
    if (failure === null) return;
    const found = `${failure.code}: ${failure.message}`.split('\n')[0]!;
    await handle.signal<[string]>(messages.stepRepeats, `${activityType}, attempt ${attempt} after ${found}`);
  });
