import type { Client, WorkflowExecutionDescription } from '@temporalio/client';
import { PipelineError, pipelineError } from '../../contracts/errors.js';
import type { RunRecord } from '../../contracts/registry.js';
import { sourceOfLock } from '../../contracts/workflows.js';
import { describeRun } from '../../platform/temporal/describe-run.js';
import { workerAnswers } from '../../platform/temporal/worker-answers.js';
import type { CliContext } from '../program/context.js';
import { followRun } from './follow.js';

/** What a cancellation did. */
interface Cancellation {
  readonly workflowId: string;
  /** Status of the workflow at the end. */
  readonly status: string;
  /** False when it had ended before the cancellation reached it, and while the cancellation has not taken effect. */
  readonly cancelled: boolean;
  /** The cancellation is asked for and takes effect when a worker answers. */
  readonly pending: boolean;
  /** Workflows that ran below it and were asked to end too. */
  readonly children: readonly string[];
  /** The models' runs and how they ended. */
  readonly runs: readonly Pick<RunRecord, 'workflowId' | 'modelName' | 'status' | 'version'>[];
}

/**
 * Cancels a run, waits until it has ended and says what was cancelled. Only a worker can end a run: while none answers,
 * the cancellation is asked for and the command ends, unless `wait` is set. A run that has ended already is left as it is.
 * @throws PipelineError `RUN_NOT_FOUND`; `INVALID_INPUT` for the lock of a source, which its retraining needs.
 */
export async function cancelRun(cli: CliContext, workflowId: string, { wait = false } = {}): Promise<void> {
  const connection = await cli.connect();
  const client = await connection.temporal();
  const before = await requireRun(client, workflowId);
  if (before.type === 'retrainingLock') throw lockIsNoRun(before);
  const wasRunning = before.status.name === 'RUNNING';
  if (wasRunning) await askToEnd(cli, client, { workflowId, wait });
  const { status } = await requireRun(client, workflowId);
  report(cli, {
    workflowId,
    status: status.name,
    cancelled: wasRunning && status.name === 'CANCELLED',
    pending: status.name === 'RUNNING',
    children: childrenOf(before),
    runs: await connection.services.registry.listRuns({ workflowId }),
  });
}

async function askToEnd(
  cli: CliContext,
  client: Client,
  { workflowId, wait }: { readonly workflowId: string; readonly wait: boolean },
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  await handle.cancel();
  if (wait || (await workerAnswers(handle))) await waitForEnd(cli, client, workflowId);
}

function lockIsNoRun({ workflowId, parentExecution }: WorkflowExecutionDescription): PipelineError {
  const holder = parentExecution?.workflowId ?? '<run>';
  const message = `${workflowId} is the lock of the source ${sourceOfLock(workflowId)}; cancel the run that holds it: ml runs cancel ${holder}`;
  return new PipelineError('INVALID_INPUT', message, { id: workflowId });
}

async function requireRun(client: Client, id: string): Promise<WorkflowExecutionDescription> {
  const found = await describeRun(client, id);
  if (found === null) throw pipelineError('RUN_NOT_FOUND', { id });
  return found;
}

/** A cancelled workflow has no result; that is the end that was asked for. */
async function waitForEnd(cli: CliContext, client: Client, workflowId: string): Promise<void> {
  try {
    await followRun(cli, client, workflowId);
  } catch (fault) {
    if ((await describeRun(client, workflowId))?.status.name === 'RUNNING') throw fault;
  }
}

const childrenOf = ({ raw }: WorkflowExecutionDescription): readonly string[] =>
  (raw.pendingChildren ?? []).map(({ workflowId }) => workflowId ?? '');

function report({ out }: CliContext, done: Cancellation): void {
  const { workflowId, status, cancelled, pending, children, runs } = done;
  out.result({ ...done, runs: runs.map(summaryOf) }, () => {
    if (pending) {
      out.line(`the cancellation of ${workflowId} is asked for; it takes effect when a worker answers`);
      out.line(`Start workers with \`ml up\`, or wait for the end: ml runs cancel ${workflowId} --wait`);
      return;
    }
    if (!cancelled) {
      out.line(`${workflowId} has ended before (${status.toLowerCase()}); nothing was cancelled`);
      return;
    }
    out.line(`${workflowId} is cancelled`);
    for (const child of children) out.line(`  with it  ${child}`);
    for (const { modelName, status: ended, version } of runs)
      out.line(
        `  ${modelName}: ${ended}${version === null ? ', nothing registered' : `, ${version} stays registered`}`,
      );
  });
}

const summaryOf = ({ workflowId, modelName, status, version }: Cancellation['runs'][number]) => ({
  workflowId,
  modelName,
  status,
  version,
});
