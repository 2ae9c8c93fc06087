import { pipelineError } from '../../contracts/errors.js';
import { type MasterTrainingInput, workflowIds } from '../../contracts/workflows.js';
import type { CliContext, Connection } from '../program/context.js';
import type { RunOptions } from '../program/options.js';
import type { RunRequest } from '../../platform/temporal/start-run.js';
import { parentOfRunning } from '../../platform/temporal/describe-run.js';
import { pipelineQueue } from '../../platform/temporal/start-run.js';
import { reportMaster, reportModel } from '../views/training-report.js';
import { runToEnd } from './run-to-end.js';

/** Starts a training and, unless detached, waits for it and prints the result. */
export async function runTraining(
  cli: CliContext,
  connection: Connection,
  request: RunRequest & { readonly workflow: 'trainModel' | 'masterTraining' },
  { detach }: RunOptions,
): Promise<void> {
  if (request.workflow === 'masterTraining') await refuseBesideAnother(cli, connection, request.input);
  const { registry } = connection.services;
  const ended = await runToEnd(cli, connection, request, { registry, ...(detach && { detach }) });
  if (ended === null) return;
  const report = request.workflow === 'masterTraining' ? reportMaster : reportModel;
  await report(cli, connection, ended.workflowId, ended.result);
}

/**
 * Says at once what the workflow would find: another retraining of the source runs.
 * @throws PipelineError `ALREADY_RUNNING` naming it.
 */
async function refuseBesideAnother(cli: CliContext, connection: Connection, input: unknown): Promise<void> {
  const { source: named } = input as MasterTrainingInput;
  const source = named ?? (await connection.services.catalog.active());
  const lock = workflowIds.retrainingLockOf(pipelineQueue(cli.config), source);
  const id = await parentOfRunning(await connection.temporal(), lock);
  if (id !== null) throw pipelineError('ALREADY_RUNNING', { id });
}
