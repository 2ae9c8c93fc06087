import './zod-without-eval.js';
import { workflowInfo } from '@temporalio/workflow';
import { reproduceRunInput, type ReproduceRunInput, type ReproduceRunResult } from '../contracts/reproduction.js';
import { parseInput, required } from './parse-input.js';
import { bookkeeping, trainingStep } from './steps.js';
import { setSearchAttributes, showProgress, summaryOf } from './visibility.js';

/**
 * Trains a recorded run again from its snapshot, parameters and seed, and compares the hash of the artefact. Registers
 * nothing. A difference is a result, with the inputs that differ from what was recorded.
 */
export async function reproduceRun(input: ReproduceRunInput = {}): Promise<ReproduceRunResult> {
  const request = parseInput(reproduceRunInput, input);
  const id = required(request.id, 'id');
  const table = showProgress(['plan', 'training']);
  const plan = await bookkeeping('Find the run').planReproduction({ id, modelName: request.modelName });
  const { workflowId, modelName, line, ...limits } = plan;
  table.onLine(line);
  setSearchAttributes({ ModelName: modelName });
  table.mark('plan', 'done', `${modelName}, line ${line}, of ${workflowId}`);
  table.enter('training');
  table.mark('training', 'running');
  const runKey = workflowInfo().firstExecutionRunId;
  const step = trainingStep(summaryOf(`Train ${modelName} again`, line), limits);
  const result = await step.reproduceTraining({ runKey, workflowId, modelName });
  const finding = result.status === 'reproduced' ? `artefact ${result.found.slice(0, 12)}` : result.reasons.join('; ');
  table.mark('training', result.status === 'reproduced' ? 'done' : 'failed', finding);
  setSearchAttributes({ Decision: result.status });
  table.enter('done');
  return result;
}
