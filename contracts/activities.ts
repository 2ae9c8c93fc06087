import { dataPolicy, snapshotPolicy, tablePolicy } from './data-policy.js';
import { z } from 'zod';
import { backendTables } from './backend.js';
import type { dataQuality } from './dataset.js';
import { datasetRef } from './dataset.js';
import { comparison, gateResult, metric } from './evaluation.js';
import { contentHash, decision, lineName, modelName, semanticVersion, sourceName } from './ids.js';
import type { registrationInput, registrationResult } from './registry.js';
import { statedReason } from './registry.js';
import type { Reusable } from './steps.js';
import { sourceColumns } from './schema-changes.js';
import { startStage } from './workflows.js';

/*
 * Inputs and results of the activities. Inputs are parsed by the activity (a person can start a workflow by hand), results
 * are references and bounded summaries. `runKey` is the workflow's first execution run id: with the step's name and
 * its input it is the key under which a repeated step finds what it did before.
 */

const runKey = z.string().min(1);
const milliseconds = z.number();
/** Whether a step may take its result from an earlier run with the same input and code. */
const cache = z.boolean().default(true);

// ── data pipeline (queue `pipeline`) ────────────────────────────────────────────────────────────────────────────────

/** A version of a feature view. */
export const viewReference = z.strictObject({ name: z.string(), version: z.int().positive() });
export type ViewReference = z.infer<typeof viewReference>;
/** Former versions of views that versions of models in use still read, beside the newest of all views; absent: none. */
const formerViews = z.array(viewReference).optional();

export const planPipelineInput = z.strictObject({
  source: sourceName.nullable(),
  asOf: milliseconds.nullable(),
  /** Null: that of the setting DATA_POLICY. */
  policy: dataPolicy.nullable().default(null),
  /** True: nothing is taken over from the former snapshot; the new one is the same. */
  full: z.boolean().default(false),
});
export const pipelinePlan = z.strictObject({
  source: sourceName,
  line: lineName,
  /** Rows known at or after this moment are left out. */
  asOf: milliseconds,
  /** The moment lies more than a day before the reading. */
  retrospective: z.literal(true).optional(),
  tables: z.array(z.strictObject({ name: z.enum(backendTables), chunkRows: z.int().positive() })),
  /** What is done with columns; absent: all are kept. */
  policy: snapshotPolicy.optional(),
  formerViews,
  /** The source's latest snapshot, whose unchanged parts are shared; absent: there is none, or everything is read. */
  parent: contentHash.optional(),
  /** A step without a heartbeat for this long counts as lost and is repeated on another worker. */
  heartbeatTimeoutMs: z.int(),
  codeVersion: z.string(),
  /** Start of the addresses of stored pages, to which their hash is added; absent where none are served. */
  reportUrl: z.string().optional(),
});
export type PipelinePlan = z.infer<typeof pipelinePlan>;

export const extractTableInput = z.strictObject({
  runKey,
  source: sourceName,
  table: z.enum(backendTables),
  asOf: milliseconds,
  chunkRows: z.int().positive(),
  /** What is done with the columns of this table; absent: they are kept. */
  policy: tablePolicy.optional(),
  /** Number of buckets by user, or that which the number of rows asks for; absent: no buckets. */
  buckets: z.union([z.literal('by-rows'), z.int().positive()]).optional(),
  /** The snapshot whose unchanged parts are shared; absent: everything is read. */
  parent: contentHash.optional(),
});
export type ExtractTableInput = z.infer<typeof extractTableInput>;
const eventRange = z.strictObject({ from: milliseconds, to: milliseconds });
/** A table of a snapshot. */
export const storedTable = z.strictObject({
  table: z.enum(backendTables),
  rows: z.int().nonnegative(),
  /**
   * Parquet blobs by ascending bucket, each in key order; −1 = rows without a user. Without a bucket, as recorded before
   * there were any: in key order.
   */
  parts: z.array(
    z.strictObject({
      bucket: z.int().optional(),
      hash: contentHash,
      rows: z.int(),
      bytes: z.int(),
      /** Of the part's rows; absent as recorded before there were buckets. */
      eventTime: eventRange.nullable().optional(),
    }),
  ),
  /** First and last event, milliseconds; null for an empty table or one without event time. */
  eventTime: eventRange.nullable(),
  /** Of the SQL. The rows, feedback of the prediction API included, are in the hashes of the parts. */
  queryHash: contentHash,
  /** Blob with checksums of the rows, by which the next snapshot tells what changed; absent: there is none. */
  slices: contentHash.optional(),
  /** Columns of the table in the source, for the comparison with the next snapshot; absent: they are not known. */
  sourceColumns: sourceColumns.optional(),
});
/** What extraction hands on: a table of the next snapshot, and in how many buckets its rows are. */
export const extractedTable = storedTable.extend({
  /** A power of two; absent: the parts have no buckets. */
  buckets: z.int().positive().optional(),
});
export type StoredTable = z.infer<typeof storedTable>;
export type ExtractedTable = z.infer<typeof extractedTable>;

export const commitSnapshotInput = z.strictObject({
  runKey,
  source: sourceName,
  asOf: milliseconds,
  codeVersion: z.string(),
  /** From the plan. */
  retrospective: z.literal(true).optional(),
  policy: snapshotPolicy.optional(),
  tables: z.array(extractedTable),
});
export const snapshotRef = z.strictObject({
  hash: contentHash,
  source: sourceName,
  asOf: milliseconds,
  rows: z.record(z.string(), z.int()),
  /** What a reader of the run must know, such as a former snapshot that is lost. */
  notes: z.array(z.string()).optional(),
});
export type SnapshotRef = z.infer<typeof snapshotRef>;

export const snapshotInput = z.strictObject({ runKey, snapshotHash: contentHash, cache });
/**
 * The answer of a step that works bucket by bucket when it is asked with `byBucket`: the caller has the parts made by
 * other steps and asks again with them. A snapshot of one bucket is never answered so.
 */
export interface BucketedFeatures {
  readonly status: 'bucketed';
  /** Those that are to be worked on. */
  readonly buckets: readonly number[];
  /** Parts of the other buckets that an earlier run has made and that have not changed since; absent: none. */
  readonly known?: readonly FeaturePart[];
}

/** Features of the users of one bucket: a stored table for each view, in the order of the views. */
export const featurePart = z.strictObject({
  bucket: z.int(),
  views: z.array(z.strictObject({ hash: contentHash, rows: z.int().nonnegative() })),
});
export type FeaturePart = z.infer<typeof featurePart>;

export const buildFeaturesInput = snapshotInput.extend({
  formerViews,
  byBucket: z.literal(true).optional(),
  /** The parts of all buckets, in any order. */
  made: z.array(featurePart).optional(),
});
export const featurePartInput = z.strictObject({ snapshotHash: contentHash, bucket: z.int(), formerViews });

export const featureSetRef = z.strictObject({
  hash: contentHash,
  views: z.array(z.strictObject({ name: z.string(), version: z.int(), entities: z.int(), hash: contentHash })),
});
export type FeatureSetRef = z.infer<typeof featureSetRef>;

export const materializeInput = z.strictObject({ runKey, featureSetHash: contentHash });
export const materialized = z.strictObject({
  store: z.enum(['redis', 'memory']),
  views: z.array(z.strictObject({ name: z.string(), entities: z.int() })),
});
export type Materialized = z.infer<typeof materialized>;

export const materializeStatesInput = z.strictObject({
  runKey,
  /** Exactly one of the two: the states of all models from a snapshot, or those of one model from its data set. */
  snapshotHash: contentHash.nullable(),
  datasetHash: contentHash.nullable(),
  cache,
});
export const stateSetRef = z.strictObject({
  hash: contentHash,
  view: z.string(),
  version: z.int(),
  entities: z.int(),
  /** Milliseconds: the states were built from rows dated strictly before. */
  asOf: milliseconds,
});
export type StateSetRef = z.infer<typeof stateSetRef>;
export const builtStates = z.strictObject({
  sets: z.array(stateSetRef.extend({ modelName })),
  /** Models whose states could not be built, with the reason. */
  skipped: z.array(z.strictObject({ modelName, reason: z.string() })),
});
export type BuiltStates = z.infer<typeof builtStates>;
export interface MaterializedStates extends BuiltStates {
  readonly store: Materialized['store'];
}

export interface PipelineActivities {
  /** Resolves the source (null = the active one) and the moment. @throws `SOURCE_NOT_FOUND`. */
  planPipeline: (input: z.input<typeof planPipelineInput>) => Promise<PipelinePlan>;
  /** Reads one table in chunks by key into Parquet blobs; heartbeats the last key. */
  extractTable: (input: z.infer<typeof extractTableInput>) => Promise<ExtractedTable>;
  commitSnapshot: (input: z.infer<typeof commitSnapshotInput>) => Promise<SnapshotRef>;
  validateSnapshot: (input: z.input<typeof snapshotInput>) => Promise<Reusable<z.infer<typeof dataQuality>>>;
  /** With `byBucket` and without `made` it may answer with the buckets that are to be built first. */
  buildFeatures: (input: z.input<typeof buildFeaturesInput>) => Promise<Reusable<FeatureSetRef> | BucketedFeatures>;
  buildFeaturePart: (input: z.input<typeof featurePartInput>) => Promise<FeaturePart>;
  materializeOnline: (input: z.infer<typeof materializeInput>) => Promise<Materialized>;
  /** Builds the entity states that models declare and writes them to both stores. */
  materializeStates: (input: z.input<typeof materializeStatesInput>) => Promise<Reusable<MaterializedStates>>;
}

// ── training (fit and evaluate on queue `training`, the rest on `pipeline`) ─────────────────────────────────────────

export const planTrainingInput = z.strictObject({
  runKey,
  workflowId: z.string(),
  modelName,
  /** Null = the line of the dataset, of the snapshot's source, or of the source. */
  line: lineName.nullable(),
  source: sourceName.nullable(),
  snapshotHash: contentHash.nullable(),
  datasetHash: contentHash.nullable(),
  params: z.record(z.string(), z.unknown()),
  /** Null: that of the run that is repeated, else 42. */
  seed: z.int().nullable(),
  /** Continue the line's champion instead of training from scratch. */
  update: z.boolean().default(false),
  /** Why the person who started the run wants the change. */
  reason: statedReason.nullable().default(null),
  from: startStage.default('data'),
  rerunOf: z.string().nullable().default(null),
  force: z.boolean().default(false),
  /** Under which a new snapshot would be taken; null: that of the setting DATA_POLICY. */
  policy: dataPolicy.nullable().default(null),
});

export const prepareDatasetInput = z.strictObject({
  runKey,
  modelName,
  /** Exactly one of the two: rows from a snapshot, or a stored dataset (file import). */
  snapshotHash: contentHash.nullable(),
  datasetHash: contentHash.nullable(),
  /** From the plan; the number of shards may depend on them. */
  params: z.record(z.string(), z.unknown()).default({}),
  cache,
  byBucket: z.literal(true).optional(),
  made: z.lazy(() => madeParts).optional(),
});
/** Keeps the list of their results small enough for a payload. */
const MOST_SHARDS = 256;
export const preparedDataset = z.discriminatedUnion('status', [
  z.strictObject({
    status: z.literal('ready'),
    dataset: datasetRef,
    /** Number of parts that are computed before the training, each in a step of its own; absent or 0 = none. */
    shards: z.int().min(0).max(MOST_SHARDS).optional(),
  }),
  z.strictObject({ status: z.literal('skipped'), line: lineName, reason: z.string() }),
]);
export type PreparedDataset = z.infer<typeof preparedDataset>;

/** A stored table without its place: Parquet. */
const sectionTable = z.strictObject({ hash: contentHash, rows: z.int().nonnegative() });

/** Training rows of the users of one bucket of a snapshot. */
export const datasetPart = z.strictObject({
  bucket: z.int(),
  /** One table for each section of the rows. */
  sections: z.array(sectionTable),
  /** Added up over all parts. */
  counts: z.record(z.string(), z.number()),
});
export type DatasetPart = z.infer<typeof datasetPart>;

/** Training rows that were made part by part. */
export const madeParts = z.strictObject({
  /** Of all buckets, in any order. */
  parts: z.array(datasetPart),
  /** Tables of the columns over groups of rows; empty for a model without such. */
  grouped: z.array(contentHash),
});
export type MadeParts = z.infer<typeof madeParts>;

/** See {@link BucketedFeatures}. */
export interface BucketedRows extends Omit<BucketedFeatures, 'known'> {
  readonly known?: readonly DatasetPart[];
  /** Number of steps that compute columns over groups of rows, once all parts are made. */
  readonly groupings: number;
}

export const datasetPartInput = z.strictObject({ modelName, snapshotHash: contentHash, bucket: z.int() });
export const groupRowsInput = z.strictObject({
  modelName,
  parts: z.array(datasetPart),
  /** 0 ≤ index < count */
  index: z.int().nonnegative(),
  count: z.int().positive(),
});
/** A stored table. */
export const groupedRows = z.strictObject({ hash: contentHash });

export const datasetInput = z.strictObject({ runKey, modelName, dataset: datasetRef });

/** `allowSuspiciousLabels`: of this run, whatever the setting says. */
export const validateDatasetInput = datasetInput.extend({ allowSuspiciousLabels: z.boolean().default(false), cache });

/** Of the holdouts that earlier steps of the run kept out; a step refuses to run when the line's holdout was renewed since. */
const holdoutHashes = z.array(contentHash).max(MOST_SHARDS).default([]);

/** `params` come from the plan: parsed, every default filled in. */
const fitStepInput = datasetInput.extend({ params: z.record(z.string(), z.unknown()), seed: z.int(), cache });

export const shard = z
  .strictObject({ index: z.int().nonnegative(), count: z.int().min(1).max(MOST_SHARDS) })
  .refine(({ index, count }) => index < count, 'the index of a shard lies below their count');
export const fitShardInput = fitStepInput.extend({ shard });
export const fittedShard = z.strictObject({
  hash: contentHash,
  bytes: z.int(),
  /** As in `fittedModel`. */
  holdoutHash: contentHash.optional(),
});
export type FittedShard = z.infer<typeof fittedShard>;

export const fitModelInput = fitStepInput.extend({
  /** What `fitShard` stored, in shard order. */
  shards: z.array(contentHash).max(MOST_SHARDS).default([]),
  /** From the plan. */
  championArtefactHash: contentHash.optional(),
  championTrainingRowsHash: contentHash.optional(),
  holdoutHashes,
});
export const fittedModel = z.strictObject({
  /** Hash of the artefact manifest. */
  artefactHash: contentHash,
  signatureHash: contentHash,
  definitionHash: contentHash,
  bytes: z.int(),
  trainedRows: z.int(),
  /** Of the holdout that was kept out; absent in runs from before it was recorded. */
  holdoutHash: contentHash.optional(),
  /** Blob that tells which rows were trained on, by hash; absent in runs from before it was recorded. */
  trainingRowsHash: contentHash.optional(),
  /** Blob with the learning curves; absent when nothing was fitted in steps, and in runs from before it was recorded. */
  curves: z.strictObject({ hash: contentHash, bytes: z.int() }).optional(),
});
export type FittedModel = z.infer<typeof fittedModel>;

export const evaluateModelInput = datasetInput.extend({
  artefactHash: contentHash,
  seed: z.int(),
  cache,
  holdoutHashes,
  /** Of the trained model; absent in runs from before it was passed, which count as a change. */
  definitionHash: contentHash.optional(),
  /** What the model was trained on; no row of the holdout may be among it. */
  trainingRowsHash: contentHash.optional(),
  /** With a reason a changed definition may be registered though it is not better than the champion. */
  reason: statedReason.nullable().default(null),
});
export const evaluatedModel = z.strictObject({
  /** Blob with the whole evaluation (JSON) including plots and slices. */
  evaluationHash: contentHash,
  holdoutRows: z.int(),
  metrics: z.array(metric).max(50),
  baselineName: z.string(),
  comparisons: z.array(comparison),
  gates: z.array(gateResult),
  championVersion: semanticVersion.nullable(),
  notes: z.array(z.string()).max(20),
});
export type EvaluatedModel = z.infer<typeof evaluatedModel>;

/** The recorded results with which a run starts: what the stages before `from` would give. */
export const trainingStart = z.strictObject({
  from: startStage,
  /** Workflow id of the run that they were taken from; null for the newest snapshot. */
  rerunOf: z.string().nullable(),
  /** Of the rows, when a snapshot is to be taken. */
  source: sourceName.nullable(),
  /** At most one of the two; none when a snapshot is to be taken. */
  snapshotHash: contentHash.nullable(),
  datasetHash: contentHash.nullable(),
  reason: statedReason.nullable(),
  /** The run that is repeated was allowed labels that look alike; absent: it was not. */
  allowSuspiciousLabels: z.literal(true).optional(),
  /** From the stage `training` on. */
  dataset: datasetRef.optional(),
  shards: z.int().min(0).max(MOST_SHARDS).optional(),
  /** From `evaluation` on. */
  fitted: fittedModel.optional(),
  /** From `registration` on. */
  evaluated: evaluatedModel.optional(),
});
export type TrainingStart = z.infer<typeof trainingStart>;

export const trainingPlan = z.strictObject({
  modelName,
  line: lineName,
  /** Parsed by the model's schema, every default filled in: later steps take them as they are. */
  params: z.record(z.string(), z.unknown()),
  seed: z.int(),
  primaryMetric: z.string(),
  /** The line's absolute gate on the primary metric, such as `aucRoc ≥ 0.8`; null when there is none. */
  target: z.string().nullable(),
  trainTimeoutMs: z.int(),
  evaluateTimeoutMs: z.int(),
  heartbeatTimeoutMs: z.int(),
  codeVersion: z.string(),
  /** The artefact that an update continues; absent = from scratch. */
  championArtefactHash: contentHash.optional(),
  /** Record of the rows that this artefact has learned; absent for a champion from before there were such records. */
  championTrainingRowsHash: contentHash.optional(),
  /** What takes the place of earlier stages; absent for a run that starts with the data. */
  start: trainingStart.optional(),
  /** The source of the rows; absent for a file, and in older runs. */
  source: sourceName.optional(),
  /** Start of the addresses of stored pages, to which their hash is added; absent where none are served. */
  reportUrl: z.string().optional(),
});
export type TrainingPlan = z.infer<typeof trainingPlan>;

export const writeCardInput = z.strictObject({
  runKey,
  modelName,
  line: lineName,
  evaluationHash: contentHash,
  definitionHash: contentHash,
  decision,
  reasons: z.array(z.string()),
  version: semanticVersion.nullable(),
});
export const finishRunInput = z.strictObject({
  runKey,
  modelName,
  status: z.enum([...decision.options, 'failed', 'cancelled']),
  reasons: z.array(z.string()),
});

export const planMasterInput = z.strictObject({
  /** Empty: every model of the catalogue. */
  models: z.array(modelName),
  source: sourceName.nullable(),
  snapshotHash: contentHash.nullable(),
  from: startStage.default('data'),
  rerunOf: z.string().nullable().default(null),
});
export const masterPlan = z.strictObject({
  models: z.array(modelName),
  source: sourceName,
  line: lineName,
  productionApproval: z.enum(['manual', 'automatic']),
  /** Start of the addresses of stored pages, to which their hash is added; absent where none are served. */
  reportUrl: z.string().optional(),
  /** On which every model trains; null when one is to be taken, or each model takes its own data set. */
  snapshotHash: contentHash.nullable().optional(),
  /** Workflow id of the run that each model repeats; absent for a run of its own. */
  reruns: z.record(modelName, z.string()).optional(),
});
export type MasterPlan = z.infer<typeof masterPlan>;

export const lockInput = z.strictObject({ lockId: z.string() });

export interface TrainingActivities {
  /** Names of the catalogue, sorted. */
  listModels: () => Promise<{ readonly models: readonly string[] }>;
  /** The workflow that holds this lock; null when it was released meanwhile. */
  findLockHolder: (input: z.infer<typeof lockInput>) => Promise<{ readonly workflowId: string | null }>;
  /**
   * Names the models and resolves source, snapshot and the runs that are repeated.
   * @throws `UNKNOWN_MODEL`, `SOURCE_NOT_FOUND`, `DATASET_NOT_FOUND`; for a repeated run `RUN_NOT_FOUND`,
   *   `ALREADY_RUNNING`, `STAGE_NOT_REACHED`.
   */
  planMaster: (input: z.input<typeof planMasterInput>) => Promise<MasterPlan>;
  /**
   * Fills in and checks parameters, opens the run in the registry. An update takes the champion's parameters.
   * @throws `UNKNOWN_MODEL`, `INVALID_HYPERPARAMETERS`; for an update `INVALID_INPUT` when the model learns from scratch
   *   only, `VERSION_NOT_FOUND` when the line has no champion; for a later start `RUN_NOT_FOUND`, `ALREADY_RUNNING`,
   *   `STAGE_NOT_REACHED`, `RESULT_NOT_STORED`, `CODE_CHANGED`, and `INVALID_INPUT` for what a skipped stage would read.
   */
  planTraining: (input: z.input<typeof planTrainingInput>) => Promise<TrainingPlan>;
  /** With `byBucket` and without `made` it may answer with the buckets whose rows are to be made first. */
  prepareDataset: (input: z.input<typeof prepareDatasetInput>) => Promise<Reusable<PreparedDataset> | BucketedRows>;
  prepareDatasetPart: (input: z.input<typeof datasetPartInput>) => Promise<DatasetPart>;
  groupDatasetRows: (input: z.input<typeof groupRowsInput>) => Promise<z.infer<typeof groupedRows>>;
  validateDataset: (input: z.input<typeof validateDatasetInput>) => Promise<Reusable<z.infer<typeof dataQuality>>>;
  /**
   * Trains in a child process on everything outside the frozen holdout. Heartbeats progress; cancellation stops the child process.
   * @throws `CONFLICT` when the holdout was renewed since the run's shards.
   */
  fitModel: (input: z.input<typeof fitModelInput>) => Promise<Reusable<FittedModel>>;
  /** One part of a model's work before `fitModel`, in a child process; after a crash only that part is repeated. */
  fitShard: (input: z.input<typeof fitShardInput>) => Promise<Reusable<FittedShard>>;
  /**
   * Scores challenger, baseline and champion on the same holdout rows through the predictor.
   * @throws `CONFLICT` when the holdout was renewed since the training; `HOLDOUT_LEAK` when the training had rows of it.
   */
  evaluateModel: (input: z.input<typeof evaluateModelInput>) => Promise<Reusable<EvaluatedModel>>;
  registerModel: (input: z.infer<typeof registrationInput>) => Promise<z.infer<typeof registrationResult>>;
  /** Renders the model card (Markdown and HTML). @returns hash of the HTML blob. */
  writeCard: (input: z.infer<typeof writeCardInput>) => Promise<{ readonly cardHash: string }>;
  finishRun: (input: z.infer<typeof finishRunInput>) => Promise<void>;
}
