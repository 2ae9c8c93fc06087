import type { RunRequest } from '../../platform/temporal/start-run.js';
import { startRun } from '../../platform/temporal/start-run.js';
import type { CliContext, Connection } from '../program/context.js';
import { reportDetached } from '../views/training-report.js';
import { type FollowOptions, followRun } from './follow.js';

/** A workflow whose end a command has waited for. */
export interface EndedRun {
  readonly workflowId: string;
  readonly result: unknown;
}

export interface RunToEndOptions extends FollowOptions {
  /** Returns without waiting. @default false */
  readonly detach?: boolean;
}

/**
 * Starts a workflow and waits for its end, with progress.
 * @returns null when it goes on without the command, which has said so.
 * @throws PipelineError `ALREADY_RUNNING`; what the workflow failed with.
 */
export async function runToEnd(
  cli: CliContext,
  connection: Connection,
  request: RunRequest,
  { detach = false, ...following }: RunToEndOptions = {},
): Promise<EndedRun | null> {
  const temporal = await connection.temporal();
  const { workflowId } = await startRun(temporal, cli.config, request);
  const waited = detach ? null : await followRun(cli, temporal, workflowId, following);
  if (waited?.status === 'ended') return { workflowId, result: waited.result };
  reportDetached(cli, connection, workflowId);
  return null;
}
