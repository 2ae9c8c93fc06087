import { z } from 'zod';
import { dataPolicy } from './data-policy.js';
import { comparison, metric } from './evaluation.js';
import { contentHash, decision, lineName, modelName, semanticVersion, sourceName, stage } from './ids.js';
import { statedReason } from './registry.js';

/** `pipeline`: I/O, many slots. `training`: CPU, slots = cores; start more workers on more machines to scale. */
export const PIPELINE_QUEUE = 'pipeline';
export const TRAINING_QUEUE = 'training';

/**
 * The training queue that belongs to a pipeline queue. Tests prefix both, so that files run side by side on one server.
 * @example trainingQueueOf('t42-pipeline') // 't42-training'
 */
export const trainingQueueOf = (pipelineQueue: string): string => pipelineQueue.replace(/pipeline$/, TRAINING_QUEUE);

/** Registered at start-up on every server, also one that this program did not start. */
export const searchAttributes = {
  ModelName: 'KEYWORD',
  Stage: 'KEYWORD',
  Decision: 'KEYWORD',
  /** Value of the primary metric on the holdout, in the metric's own unit. */
  Metric: 'DOUBLE',
  /** The source of the rows; none for those of a file. */
  Source: 'KEYWORD',
} as const;

/** A value for each search attribute that is to be set. */
export type SearchAttributeValues = {
  readonly [Name in keyof typeof searchAttributes]?: (typeof searchAttributes)[Name] extends 'DOUBLE' ? number : string;
};

/** Accepted and ignored since 0.2: recorded histories and older callers pass it. */
const ignoredTrigger = z.string().optional();

/**
 * Stages that a training can start from, in order. Earlier stages are not run: their results are taken from a former run.
 * Reported stages are finer: `planning` and `validation` belong to what they precede or follow.
 */
export const startStages = ['data', 'dataset', 'training', 'evaluation', 'registration'] as const;
export const startStage = z.enum(startStages);
export type StartStage = z.infer<typeof startStage>;

/** Where a training starts and what it may reuse; the same for one model and for all. */
const startFields = {
  from: startStage.default('data'),
  /**
   * Workflow id of the run whose results take the place of earlier stages, and whose parameters, seed and reason hold
   * where none are given. Null: the newest run of the model on the line that got so far; from `dataset` the newest
   * snapshot.
   */
  rerunOf: z.string().min(1).max(1000).nullable().default(null),
  /** Takes a step's result from a former run that had the same inputs, parameters and code; false computes each anew. */
  cache: z.boolean().default(true),
  /** Starts from results that another code has computed. */
  force: z.boolean().default(false),
};

/** The seed of a run that neither names one nor repeats another run. */
export const DEFAULT_SEED = 42;

// Every workflow takes one object, each field with a default, so that `{}` can be typed into the Temporal UI.

/** What is done with columns of the source; null: what the setting DATA_POLICY says. */
const policyField = { policy: dataPolicy.nullable().default(null) };

/** True reads the whole source, also where the former snapshot has the same rows; the new snapshot is the same. */
const fullField = { full: z.boolean().default(false) };

export const dataPipelineInput = z.strictObject({
  /** Null: the source that was loaded last. */
  source: sourceName.nullable().default(null),
  /** ISO 8601; null: now. */
  asOf: z.iso.datetime().nullable().default(null),
  /** As for `trainModel`; the source is read in any case. */
  cache: z.boolean().default(true),
  /** False leaves the online store as it is: no features and states are computed. */
  online: z.boolean().default(true),
  ...policyField,
  ...fullField,
});
export type DataPipelineInput = z.input<typeof dataPipelineInput>;

/** Remarks on the data that were taken; absent in results of older runs. */
const notes = z.array(z.string()).optional();

export const dataPipelineResult = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('completed'),
    source: sourceName,
    line: lineName,
    snapshotHash: contentHash,
    /** Null, as the store, when the online store was left as it is. */
    featureSetHash: contentHash.nullable(),
    rows: z.record(z.string(), z.int()),
    onlineStore: z.enum(['redis', 'memory']).nullable(),
    onlineEntities: z.int(),
    notes,
  }),
  z.strictObject({
    status: z.literal('rejected'),
    stage: z.literal('validation'),
    source: sourceName,
    snapshotHash: contentHash,
    reportHash: contentHash,
    reasons: z.array(z.string()),
  }),
]);
export type DataPipelineResult = z.infer<typeof dataPipelineResult>;

export const trainModelInput = z.strictObject({
  modelName: modelName.nullable().default(null),
  /** Origin of the rows: at most one of the two; with none the data pipeline runs first. */
  snapshotHash: contentHash.nullable().default(null),
  datasetHash: contentHash.nullable().default(null),
  source: sourceName.nullable().default(null),
  params: z.record(z.string(), z.unknown()).default({}),
  /** Null: that of the run that is repeated, else 42. */
  seed: z.int().nullable().default(null),
  ...startFields,
  /** Continue the line's champion on the newest rows, with its parameters, instead of training from scratch. */
  update: z.boolean().default(false),
  /** Why a change is wanted: with it a changed definition may be registered when it is not better, but not worse. */
  reason: statedReason.nullable().default(null),
  /** Trains though class names look like one, or a class has a single example. */
  allowSuspiciousLabels: z.boolean().default(false),
  ...policyField,
  trigger: ignoredTrigger,
});
export type TrainModelInput = z.input<typeof trainModelInput>;

export const trainingStages = [
  'planning',
  'data',
  'dataset',
  'validation',
  'training',
  'evaluation',
  'registration',
  'card',
  'done',
] as const;
export type TrainingStage = (typeof trainingStages)[number];

export const trainModelResult = z.strictObject({
  modelName,
  line: lineName,
  decision,
  /** The last stage of a rejected or skipped run. */
  stage: z.enum(trainingStages),
  version: semanticVersion.nullable(),
  /** The version passed its gates in this run and is in dev of a line that can leave it. */
  promotable: z.boolean(),
  reasons: z.array(z.string()),
  rows: z.int(),
  holdoutRows: z.int(),
  /** The primary metric first; empty when nothing was evaluated. */
  metrics: z.array(metric),
  target: z.string().nullable(),
  baselineName: z.string().nullable(),
  comparisons: z.array(comparison),
  championVersion: semanticVersion.nullable(),
  notes: z.array(z.string()),
  cardHash: contentHash.nullable(),
  reportHash: contentHash.nullable(),
});
export type TrainModelResult = z.infer<typeof trainModelResult>;

export const masterTrainingInput = z.strictObject({
  /** Empty: every model of the catalogue. */
  models: z.array(modelName).default([]),
  source: sourceName.nullable().default(null),
  asOf: z.iso.datetime().nullable().default(null),
  /** Trains on this snapshot instead of running the data pipeline. */
  snapshotHash: contentHash.nullable().default(null),
  /** As for `trainModel`. */
  seed: z.int().nullable().default(null),
  ...startFields,
  /** Models that train at the same time. */
  parallel: z.int().min(1).max(16).default(5),
  /** As for `trainModel`; of every model. */
  reason: statedReason.nullable().default(null),
  ...policyField,
  ...fullField,
  trigger: ignoredTrigger,
});
export type MasterTrainingInput = z.input<typeof masterTrainingInput>;

export const modelOutcome = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('decided'),
    result: trainModelResult,
    /** `staged, awaiting approval` with the id of the waiting workflow. */
    promotion: z
      .strictObject({ stage: z.string(), awaitingApproval: z.boolean(), workflowId: z.string().nullable() })
      .nullable(),
  }),
  z.strictObject({ status: z.literal('failed'), modelName, errorCode: z.string(), message: z.string() }),
]);
export type ModelOutcome = z.infer<typeof modelOutcome>;

export const masterTrainingResult = z.strictObject({
  status: z.enum(['completed', 'rejected', 'failed']),
  source: sourceName,
  snapshotHash: contentHash.nullable(),
  reportHash: contentHash.nullable(),
  reasons: z.array(z.string()),
  notes,
  models: z.array(modelOutcome),
});
export type MasterTrainingResult = z.infer<typeof masterTrainingResult>;

export const promoteModelInput = z.strictObject({
  modelName: modelName.nullable().default(null),
  line: lineName.default('default'),
  /** Null: the newest version in staging. */
  version: semanticVersion.nullable().default(null),
  toStage: z.enum(['staging', 'production']).default('production'),
  requestedBy: z.string().default('unknown'),
  /** A version of synthetic data reaches production as a demo only: said here, or by the approval. */
  demo: z.boolean().default(false),
  /** Hours until an open request expires. */
  approvalHours: z
    .number()
    .positive()
    .default(24 * 7),
});
export type PromoteModelInput = z.input<typeof promoteModelInput>;

export const promoteModelResult = z.strictObject({
  status: z.enum(['promoted', 'rejected', 'expired', 'superseded', 'rolled-back']),
  modelName,
  line: lineName,
  version: semanticVersion,
  toStage: z.string(),
  decidedBy: z.string().nullable(),
  reason: z.string(),
});
export type PromoteModelResult = z.infer<typeof promoteModelResult>;

export const overrideRejectionWorkflowInput = z.strictObject({
  modelName: modelName.nullable().default(null),
  /** Key of the run that its gates rejected. */
  rejectedRunKey: z.string().min(1).nullable().default(null),
  toStage: z.enum(['dev', 'staging']).default('dev'),
  requestedBy: z.string().trim().min(1).default('unknown'),
  reason: z.string().trim().max(500).default(''),
});
export type OverrideRejectionInput = z.input<typeof overrideRejectionWorkflowInput>;

export const overrideRejectionResult = z.strictObject({
  modelName,
  line: lineName,
  version: semanticVersion,
  stage: stage,
  smokeTest: z.strictObject({ passed: z.boolean(), finding: z.string() }),
  reasons: z.array(z.string()),
  cardHash: contentHash,
});
export type OverrideRejectionResult = z.infer<typeof overrideRejectionResult>;

export const rollbackModelInput = z.strictObject({
  modelName: modelName.nullable().default(null),
  line: lineName.default('default'),
  /** The version that must be in production, so that two requests to roll back the same one go back one step; null: any. */
  from: semanticVersion.nullable().default(null),
  requestedBy: z.string().trim().min(1).default('unknown'),
  reason: z.string().trim().min(1).default('no reason given'),
});
export type RollbackModelInput = z.input<typeof rollbackModelInput>;

export const rollbackModelResult = z.strictObject({
  modelName,
  line: lineName,
  /** The version that is in production again. */
  version: semanticVersion,
  smokeTest: z.strictObject({ passed: z.boolean(), finding: z.string() }),
});
export type RollbackModelResult = z.infer<typeof rollbackModelResult>;

/** Result of the updates `approvePromotion` and `rejectPromotion`. */
export interface ApprovalReceipt {
  readonly modelName: string;
  readonly line: string;
  readonly version: string;
  readonly toStage: string;
  readonly verdict: 'approved' | 'rejected';
}

export const approvalInput = z.strictObject({
  approver: z.string().trim().min(1, 'an approval names its approver'),
  reason: z.string().trim().min(1, 'an approval states its reason'),
  /** Approves a version of synthetic data as a demo. */
  demo: z.boolean().default(false),
  /** Proof that who approves knows the secret of the installation, for production; `ml approve --print-argument` makes it. */
  proof: z.string().optional(),
});
export type ApprovalInput = z.input<typeof approvalInput>;

/** Names of queries, updates and signals; their definitions are in workflows/ because they need Temporal's package. */
export const messages = {
  /** Query of `trainModel`: its stage. */
  trainingStage: 'trainingStage',
  /** Query of `masterTraining`, `dataPipeline` and `trainModel`: a ProgressReport for the CLI. */
  progress: 'progress',
  /** Updates of `promoteModel`. */
  approvePromotion: 'approvePromotion',
  rejectPromotion: 'rejectPromotion',
  /** Signal of `promoteModel`: a newer version asks for the same stage. */
  superseded: 'superseded',
  /** Signals of every workflow with steps, from their worker: a step waits for a service (argument: why), and goes on. */
  stepWaits: 'stepWaits',
  stepContinues: 'stepContinues',
  /** The same, of a step whose process crashed or whose worker was lost: it is repeated (argument: attempt and failure). */
  stepRepeats: 'stepRepeats',
  /** Signal of `retrainingLock`: its retraining has ended. */
  lockReleased: 'lockReleased',
} as const;

export const progressReport = z.strictObject({
  stage: z.string(),
  /** One line for each step or model: name, state, detail. */
  lines: z.array(z.strictObject({ name: z.string(), state: z.string(), detail: z.string() })),
});
export type ProgressReport = z.infer<typeof progressReport>;

/** Ids of child workflows and schedules, shared by CLI and workflows. */
export const workflowIds = {
  dataPipelineOf: (parent: string): string => `${parent}/data-pipeline`,
  modelOf: (parent: string, model: string): string => `${parent}/${model}`,
  /** @param runKey - of the rejected run. */
  overrideOf: (model: string, runKey: string): string => `override-${model}-${runKey.slice(0, 8)}`,
  /** One for a source and an installation, which the prefix of the task queue tells apart. */
  retrainingLockOf: (pipelineQueue: string, source: string): string =>
    `${pipelineQueue.replace(/pipeline$/, '')}retraining-lock/${source}`,
  /** Retraining of a past week. @param asOf - ISO 8601 in UTC. */
  backfillOf: (source: string, asOf: string): string => `backfill-${source}-${asOf.slice(0, 16).replaceAll(':', '-')}Z`,
  promotionOf: (model: string, line: string, version: string): string => `promote-${model}-${line}-${version}`,
  /**
   * Retraining of a model for drift in the window with this end: one window has one.
   * @param prefix - of the installation's task queues.  @param windowEnd - milliseconds.
   */
  driftRetrainingOf: (
    prefix: string,
    { model, line, windowEnd }: { readonly model: string; readonly line: string; readonly windowEnd: number },
  ): string =>
    `${prefix}drift-retraining-${model}-${line}-${new Date(windowEnd).toISOString().slice(0, 16).replaceAll(':', '-')}Z`,
  weeklySchedule: 'weekly-retraining',
  dailySchedule: 'daily-data-pipeline',
  driftScheduleOf: (model: string): string => `drift-check-${model}`,
  featureSchedule: 'feature-materialisation',
  paritySchedule: 'daily-feature-parity',
  /** Schedule of a single run at a moment. */
  oneOffOf: (schedule: string, moment: Date): string =>
    `${schedule}-at-${moment.toISOString().slice(0, 19).replaceAll(':', '-')}Z`,
} as const;

/** The source that a lock stands for. @param lockId - made by `workflowIds.retrainingLockOf`. */
export const sourceOfLock = (lockId: string): string => lockId.slice(lockId.lastIndexOf('/') + 1);
