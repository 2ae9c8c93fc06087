import { expect, it } from 'vitest';
import { messages } from '../contracts/workflows.js';
import { tellRepetition, type TellingContext } from './tell-workflow.js';

/** A second attempt of the step 7, in a workflow with these pending steps; `signals` are what it is told. */
function secondAttempt(pendingActivities: readonly object[]) {
  const signals: unknown[][] = [];
  const handle = {
    describe: () => Promise.resolve({ raw: { pendingActivities } }),
    signal: (...told: unknown[]) => Promise.resolve(void signals.push(told)),
  };
  const client = { withDeadline: (_: number, call: () => unknown) => call(), workflow: { getHandle: () => handle } };
  const workflowExecution = { workflowId: 'w', runId: 'r' };
  const info = { activityId: '7', activityType: 'fitModel', attempt: 2, workflowExecution };
  return { context: { client, info } as unknown as TellingContext, signals };
}

it('tells how the attempt before failed, as the server noted it', async () => {
  const other = { activityId: '6', lastFailure: { message: 'of another step' } };
  const lost = secondAttempt([
    other,
    { activityId: '7', lastFailure: { message: 'activity Heartbeat timeout\nat x' } },
  ]);
  await tellRepetition(lost.context);
  const text = 'fitModel, attempt 2 after WORKER_LOST: activity Heartbeat timeout';
  expect(lost.signals).toEqual([[messages.stepRepeats, text]]);
});

it('tells nothing when the server knows of no failure, and fails no step when it is away', async () => {
  const clean = secondAttempt([{ activityId: '7' }]);
  await tellRepetition(clean.context);
  expect(clean.signals).toEqual([]);
  const { context } = secondAttempt([]);
  const away = { ...context, client: { ...context.client, withDeadline: () => Promise.reject(new Error('away')) } };
  await expect(tellRepetition(away as TellingContext)).resolves.toBeUndefined();
});
