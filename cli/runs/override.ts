import { pipelineError } from '../../contracts/errors.js';
import type { RunRecord } from '../../contracts/registry.js';
import type { OverrideRejectionInput, OverrideRejectionResult } from '../../contracts/workflows.js';
import { overrideRejectionResult, workflowIds } from '../../contracts/workflows.js';
import { findModel } from '../../models/catalogue.js';
import { versionNotFound } from '../../registry/choose-version.js';
import { chooseLine } from '../program/choose-line.js';
import type { CliContext, Connection } from '../program/context.js';
import { runToEnd } from './run-to-end.js';

export interface OverrideOptions {
  readonly line?: string;
  readonly to: 'dev' | 'staging';
  /** Who takes the responsibility. */
  readonly by: string;
  readonly reason: string;
  /** Workflow id of the rejected run; absent: the line's newest one. */
  readonly run?: string;
}

/**
 * Registers a run that its gates rejected, and prints the version with its smoke test.
 * @throws PipelineError `UNKNOWN_MODEL`, `RUN_NOT_FOUND`, `TRANSITION_NOT_ALLOWED`, `ALREADY_RUNNING`.
 */
export async function overrideRejected(cli: CliContext, name: string, options: OverrideOptions): Promise<void> {
  const { name: modelName } = await findModel(name);
  const connection = await cli.connect();
  const line = await chooseLine(cli, connection, options.line);
  const run = await findRejected(connection, modelName, { ...options, line });
  const { by: requestedBy, reason, to: toStage } = options;
  const input: OverrideRejectionInput = { modelName, rejectedRunKey: run.runKey, toStage, requestedBy, reason };
  const base = workflowIds.overrideOf(modelName, run.runKey);
  const ended = await runToEnd(cli, connection, {
    workflow: 'overrideRejection',
    input,
    id: { base, preferred: base },
    summary: `${modelName}: register ${run.workflowId} against its gates`,
  });
  if (ended === null) return;
  const { workflowId, result } = ended;
  reportOverride(cli, { workflowId, run: run.workflowId }, overrideRejectionResult.parse(result));
}

/** The named run, else the newest one of the line that its gates rejected. @throws PipelineError `RUN_NOT_FOUND`, `VERSION_NOT_FOUND`. */
async function findRejected(
  { services }: Connection,
  modelName: string,
  { run: workflowId, line }: { readonly run?: string; readonly line: string },
): Promise<RunRecord> {
  if (workflowId !== undefined) {
    const [found] = await services.registry.listRuns({ modelName, workflowId });
    if (found !== undefined) return found;
    throw pipelineError('RUN_NOT_FOUND', { id: workflowId, modelName });
  }
  const runs = await services.registry.listRuns({ modelName });
  const rejected = runs.find((run) => run.line === line && isRejectedByGates(run));
  if (rejected !== undefined) return rejected;
  throw versionNotFound({ modelName, line }, 'run that its gates rejected');
}

const isRejectedByGates = ({ status, gates }: RunRecord): boolean =>
  status === 'rejected' && gates.some(({ passed }) => !passed);

function reportOverride(
  cli: CliContext,
  about: { readonly workflowId: string; readonly run: string },
  result: OverrideRejectionResult,
): void {
  const { modelName, version, stage, smokeTest, reasons } = result;
  cli.exitWith(smokeTest.passed ? 0 : 1);
  cli.out.result({ ...about, ...result }, () => {
    cli.out.line(`${modelName} ${version} is in ${stage}, from ${about.run}.`);
    for (const reason of reasons) cli.out.line(`  ${reason}`);
    cli.out.line(`smoke test ${smokeTest.passed ? 'passed' : 'FAILED'}: ${smokeTest.finding}`);
  });
}
