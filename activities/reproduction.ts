import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { ReproductionActivities } from '../contracts/reproduction.js';
import { planReproductionInput, reproduceTrainingInput } from '../contracts/reproduction.js';
import type { ReusableStep } from '../contracts/steps.js';
import { reproduce, requireReproducible } from '../training/reproduce.js';
import { findRecordedRun } from '../training/resume.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { parse } from './parse.js';
import { isRunning } from './plan-training.js';
import { runJob } from './run-job.js';

/** A training has its own limit for each of its parts; data set and parts together are given this many of them. */
const TRAININGS = 3;

/** The steps of a reproduction. Nothing that they compute is recorded, so each may run twice. */
export const createReproductionActivities = (deps: TrainingActivityDeps): ReproductionActivities => ({
  async planReproduction(input) {
    const { id, modelName: named } = parse(planReproductionInput, input);
    const modelName = named ?? (await onlyModelOf(deps, id));
    const recorded = await findRecordedRun({ ...deps, isRunning }, id, modelName);
    await requireReproducible(deps, recorded);
    const { workflowId, line } = recorded.run;
    const { timeouts } = await deps.models.find(modelName);
    return {
      workflowId,
      modelName,
      line,
      timeoutMs: TRAININGS * timeouts.trainMinutes * 60_000,
      heartbeatTimeoutMs: deps.config.heartbeatTimeoutSeconds * 1000,
    };
  },

  async reproduceTraining(input) {
    const { runKey, workflowId, modelName } = parse(reproduceTrainingInput, input);
    const recorded = await findRecordedRun({ ...deps, isRunning }, workflowId, modelName);
    return reproduce(
      {
        ...deps,
        compute: (step, recordedInput) => compute(deps, step, { recordedInput, runKey }),
      },
      recorded,
    );
  },
});

/**
 * Under a key of its own, so that a training does not continue from the checkpoint of the run; rows that were made bucket
 * by bucket are made again.
 */
async function compute(
  deps: TrainingActivityDeps,
  step: ReusableStep,
  { recordedInput, runKey }: { readonly recordedInput: Record<string, unknown>; readonly runKey: string },
): Promise<Readonly<Record<string, unknown>>> {
  const input = 'runKey' in recordedInput ? { ...recordedInput, runKey } : { ...recordedInput, made: undefined };
  const output: Readonly<Record<string, unknown>> = { ...(await runJob(deps, step, input as never)) };
  if (typeof output.checkpointKey === 'string') await deps.checkpoints.remove(output.checkpointKey);
  return output;
}

/** The model of a run, or the only one of a retraining. @throws PipelineError `RUN_NOT_FOUND`; `INVALID_INPUT`. */
async function onlyModelOf({ registry }: TrainingActivityDeps, id: string): Promise<string> {
  const runs = await registry.listRuns({ workflowId: id });
  const [first, ...others] = runs;
  const single = runs.find(({ workflowId }) => workflowId === id) ?? (others.length === 0 ? first : undefined);
  if (single !== undefined) return single.modelName;
  if (first === undefined) throw pipelineError('RUN_NOT_FOUND', { id });
  const models = runs.map(({ modelName }) => modelName).sort();
  throw new PipelineError('INVALID_INPUT', `${id} trained ${models.join(', ')}; name one as modelName`, { id, models });
}
