import type { Client } from '@temporalio/client';
import type { ModelRegistry, RunRecord } from '../../contracts/registry.js';
import { failureReason } from '../../contracts/run-failure.js';
import { describeRun } from '../../platform/temporal/describe-run.js';
import { failuresOfWorkflow } from '../views/run-failure.js';

/** What is asked and where the answer is recorded. */
export interface ReconcileOptions {
  readonly registry: Pick<ModelRegistry, 'finishRun'>;
  /** Called only when a run is recorded as running. */
  readonly temporal: () => Promise<Client>;
}

type RunEnd = Pick<RunRecord, 'status' | 'reasons' | 'endedAt'>;

/**
 * Runs with their true status: one that is recorded as running although its workflow has ended, because the registry was
 * away at that moment, gets its end recorded now.
 */
export async function reconcileRuns(
  runs: readonly RunRecord[],
  { registry, temporal }: ReconcileOptions,
): Promise<readonly RunRecord[]> {
  if (runs.every(({ status }) => status !== 'running')) return runs;
  const client = await temporal();
  const reconciled = async (run: RunRecord): Promise<RunRecord> => {
    const end = run.status === 'running' ? await endOf(client, run.workflowId) : null;
    if (end === null) return run;
    await registry.finishRun(run.runKey, run.modelName, end);
    return { ...run, ...end };
  };
  return Promise.all(runs.map(reconciled));
}

/** How a workflow ended without a decision; null while it runs, and for one that has decided and recorded it. */
async function endOf(client: Client, workflowId: string): Promise<RunEnd | null> {
  const workflow = await describeRun(client, workflowId);
  if (workflow === null) return forgotten();
  const [failure] = await failuresOfWorkflow(client.workflow.getHandle(workflowId), workflow);
  if (failure === undefined) return null;
  const status = workflow.status.name === 'CANCELLED' ? 'cancelled' : 'failed';
  return { status, reasons: [failureReason(failure)], endedAt: workflow.closeTime ?? new Date() };
}

/** Temporal keeps the histories of ended workflows for its retention time only. */
function forgotten(): RunEnd {
  const message = 'Temporal no longer knows the workflow, and how it ended was not recorded';
  const reasons = [failureReason({ stage: null, code: 'RUN_NOT_FOUND', message })];
  return { status: 'failed', reasons, endedAt: new Date() };
}
