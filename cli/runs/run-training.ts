import type { CliContext, Connection } from '../program/context.js';
import type { Waited } from './follow.js';
import { followRun } from './follow.js';
import type { RunOptions } from '../program/options.js';
import type { RunRequest } from '../../platform/temporal/start-run.js';
import { startRun } from '../../platform/temporal/start-run.js';
import { reportDetached, reportMaster, reportModel } from '../views/training-report.js';

/** Starts a training and, unless detached, waits for it and prints the result. */
export async function runTraining(
  cli: CliContext,
  connection: Connection,
  request: RunRequest & { readonly workflow: 'trainModel' | 'masterTraining' },
  { detach }: RunOptions,
): Promise<void> {
  const temporal = await connection.temporal();
  const { workflowId } = await startRun(temporal, cli.config, request);
  const waited: Waited = detach ? { status: 'detached' } : await followRun(cli, temporal, workflowId);
  if (waited.status === 'detached') {
    reportDetached(cli, connection, workflowId);
    return;
  }
  const report = request.workflow === 'masterTraining' ? reportMaster : reportModel;
  await report(cli, connection, workflowId, waited.result);
}
