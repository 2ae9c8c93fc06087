import { z } from 'zod';
import { contentHash, modelName } from './ids.js';

/**
 * Steps whose result follows from their input and code alone, in the order of a run: a run with the same of both takes
 * the result of an earlier one. Extraction is none of them, because the source changes, nor are writes.
 */
export const reusableSteps = [
  'validateSnapshot',
  'buildFeatures',
  'buildStates',
  'prepareDataset',
  'validateDataset',
  'fitShard',
  'fitModel',
  'evaluateModel',
] as const;
export const reusableStep = z.enum(reusableSteps);
export type ReusableStep = z.infer<typeof reusableStep>;

/** What a result may depend on beside input and code: onnxruntime computes by the abilities of the processor. */
export const computingEnvironment = z.strictObject({
  /** Version of Node.js, such as `20.20.2`. */
  node: z.string(),
  /** Of the processor, such as `x64`. */
  architecture: z.string(),
  platform: z.string(),
});
export type ComputingEnvironment = z.infer<typeof computingEnvironment>;

/** A run by its key and the id of its workflow. */
export const runName = z.strictObject({ runKey: z.string().min(1), workflowId: z.string().min(1) });
export type RunName = z.infer<typeof runName>;

const jsonObject = z.record(z.string(), z.unknown());

/** A step of a run with everything that is needed to take its result over, or to compute it once more. */
export const stepRecord = z.strictObject({
  ...runName.shape,
  step: reusableStep,
  /** Index of a shard; 0 for a step that a run has once. */
  part: z.int().nonnegative(),
  modelName: modelName.nullable(),
  /** Hash of step, input and code. */
  cacheKey: contentHash,
  /** Hash of the modules that compute the step. */
  code: contentHash,
  /** References and parameters, never rows. */
  input: jsonObject,
  output: jsonObject,
  environment: computingEnvironment,
  /** Package version and commit that computed it. */
  codeVersion: z.string(),
  /** The run that computed the result: this one, or the earlier one that it was taken from. */
  computedBy: runName,
});
export type StepRecord = z.infer<typeof stepRecord>;

/** The steps of all runs with their results. */
export interface StepLog {
  /** Replaces the run's record of the same step and part. */
  record(step: StepRecord): Promise<void>;
  /** The newest record with this key; null when no run has computed it. */
  findByKey(cacheKey: string): Promise<StepRecord | null>;
  /** In the order of `reusableSteps`, then by part. */
  listSteps(runKey: string): Promise<StepRecord[]>;
  /** Of a workflow and those below it (`<workflowId>/…`), recorded at or after `since`, in the same order. */
  listStepsOf(workflowId: string, since: Date): Promise<StepRecord[]>;
  /** The newest record of a step whose input has these fields; null without one. */
  findByInput(step: ReusableStep, input: Readonly<Record<string, string>>): Promise<StepRecord | null>;
}

/** A result of a step, and the workflow that computed it when it was taken from an earlier run. */
export type Reusable<Result> = Result & { readonly reusedFrom?: string };
