import { endedRuns } from '../../activities/ended-runs.js';
import type { RunRecord } from '../../contracts/registry.js';
import type { MasterTrainingInput, TrainModelInput } from '../../contracts/workflows.js';
import { stepCodeOf } from '../../composition/step-code.js';
import { findStart } from '../../training/resume.js';
import type { CliContext, Connection } from '../program/context.js';
import { type RunOptions, runId, type StartOptions, startInput } from '../program/options.js';
import { runTraining } from './run-training.js';

export interface RerunOptions extends RunOptions, StartOptions {
  readonly reason?: string;
}

/**
 * Repeats a training, or a retraining of all its models, from a stage on: with the parameters and seed that it had, and
 * with its results for the stages before.
 * @throws PipelineError `RUN_NOT_FOUND`, `ALREADY_RUNNING`, `STAGE_NOT_REACHED`, `RESULT_NOT_STORED`; `INVALID_INPUT` for
 *   a workflow that is no training; from the workflow `CODE_CHANGED`.
 */
export async function rerun(cli: CliContext, id: string, options: RerunOptions): Promise<void> {
  const connection = await cli.connect();
  const { services, temporal } = connection;
  const runs = await endedRuns({ ...services, client: await temporal() }, id);
  await requireStart(connection, runs, options);
  const single = runs.find(({ workflowId }) => workflowId === id);
  const again = { rerunOf: id, ...startInput(options), reason: options.reason ?? null };
  const summary = `${id} again from ${options.from}`;
  if (single === undefined) {
    const input: MasterTrainingInput = again;
    const request = { workflow: 'masterTraining' as const, input, id: runId(options, 'retraining'), summary };
    return runTraining(cli, connection, request, options);
  }
  const { modelName } = single;
  const input: TrainModelInput = { modelName, ...again };
  const request = { workflow: 'trainModel' as const, input, id: runId(options, `train-${modelName}`), summary };
  return runTraining(cli, connection, request, options);
}

/** Says at once when no model of the run could start from the stage. Whether the code changed only the workers know. */
async function requireStart({ services }: Connection, runs: readonly RunRecord[], { from }: StartOptions) {
  const deps = { ...services, codeOf: stepCodeOf, isRunning: () => Promise.resolve(false) };
  const faults: unknown[] = [];
  for (const { workflowId, modelName, line } of runs) {
    const wanted = { modelName, line, from, rerunOf: workflowId, force: true };
    await findStart(deps, wanted).catch((fault: unknown) => faults.push(fault));
  }
  if (runs.length > 0 && faults.length === runs.length) throw faults[0];
}
