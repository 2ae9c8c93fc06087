import { z } from 'zod';
import { contentHash, lineName, modelName } from './ids.js';

export const reproduceRunInput = z.strictObject({
  /** Workflow id of the training, or of the retraining that it belongs to; then `modelName` chooses one. */
  id: z.string().min(1).max(1000).nullable().default(null),
  modelName: modelName.nullable().default(null),
});
export type ReproduceRunInput = z.input<typeof reproduceRunInput>;

/** Something that the bytes of an artefact follow from, as it was recorded and as it is now. */
export const reproducedInput = z.strictObject({
  name: z.enum(['snapshot', 'data set', 'parameters', 'seed', 'code', 'Node.js', 'processor']),
  recorded: z.string(),
  now: z.string(),
  same: z.boolean(),
});
export type ReproducedInput = z.infer<typeof reproducedInput>;

export const reproduceRunResult = z.strictObject({
  /** `reproduced`: data set and artefact have the recorded hashes. */
  status: z.enum(['reproduced', 'differs']),
  workflowId: z.string(),
  modelName,
  line: lineName,
  /** Hash of the artefact. */
  recorded: contentHash,
  found: contentHash,
  /** Files of the artefact that differ. */
  files: z.array(z.string()),
  inputs: z.array(reproducedInput),
  /** What differs, in a sentence; empty when reproduced. */
  reasons: z.array(z.string()),
});
export type ReproduceRunResult = z.infer<typeof reproduceRunResult>;

export const planReproductionInput = z.strictObject({ id: z.string(), modelName: modelName.nullable() });
export const reproductionPlan = z.strictObject({
  /** Of the run. */
  workflowId: z.string(),
  modelName,
  line: lineName,
  timeoutMs: z.int().positive(),
  heartbeatTimeoutMs: z.int().positive(),
});
export type ReproductionPlan = z.infer<typeof reproductionPlan>;

export const reproduceTrainingInput = z.strictObject({
  /** First execution run id of the reproducing workflow. */
  runKey: z.string().min(1),
  workflowId: z.string(),
  modelName,
});

export interface ReproductionActivities {
  /**
   * Finds the run and checks that it recorded a training and that its rows are still stored.
   * @throws `RUN_NOT_FOUND`, `ALREADY_RUNNING`, `STAGE_NOT_REACHED`, `RESULT_NOT_STORED`; `INVALID_INPUT` for a
   *   retraining of several models of which none is named.
   */
  planReproduction: (input: z.infer<typeof planReproductionInput>) => Promise<ReproductionPlan>;
  /** Computes data set and artefact once more and compares their hashes. Nothing is recorded or registered. */
  reproduceTraining: (input: z.infer<typeof reproduceTrainingInput>) => Promise<ReproduceRunResult>;
}
