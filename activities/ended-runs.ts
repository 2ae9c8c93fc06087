import type { Client } from '@temporalio/client';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { ModelRegistry, RunRecord } from '../contracts/registry.js';
import { describeRun } from '../platform/temporal/describe-run.js';

/**
 * The recorded runs of a training or retraining that has ended; [] for a retraining whose data were rejected before any
 * model ran.
 * @param id - of the workflow, which the server may have forgotten.
 * @throws PipelineError `RUN_NOT_FOUND`, `ALREADY_RUNNING`; `INVALID_INPUT` for a workflow that is no training.
 */
export async function endedRuns(
  { registry, client }: { readonly registry: Pick<ModelRegistry, 'listRuns'>; readonly client: Client },
  id: string,
): Promise<readonly RunRecord[]> {
  const workflow = await describeRun(client, id);
  if (workflow?.status.name === 'RUNNING') throw pipelineError('ALREADY_RUNNING', { id });
  const runs = await registry.listRuns({ workflowId: id });
  if (workflow === null && runs.length === 0) throw pipelineError('RUN_NOT_FOUND', { id });
  if (runs.length > 0 || workflow?.type === 'masterTraining') return runs;
  throw new PipelineError('INVALID_INPUT', `${id} is a ${workflow!.type}; only trainings are repeated`, { id });
}
