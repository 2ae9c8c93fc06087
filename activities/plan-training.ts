import { isDeepStrictEqual } from 'node:util';
import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { planTrainingInput, TrainingPlan, TrainingStart } from '../contracts/activities.js';
import type { DatasetRef } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import type { VersionRecord } from '../contracts/registry.js';
import { DEFAULT_SEED, type StartStage, startStages } from '../contracts/workflows.js';
import { loadDatasetRef } from '../datasets/snapshots/dataset-store.js';
import { requireLatestSnapshot } from '../datasets/snapshots/snapshot-log.js';
import { describeRun } from '../platform/temporal/describe-run.js';
import { versionNotFound } from '../registry/choose-version.js';
import { gateName, gatesOfLine } from '../registry/gates.js';
import { loadEvaluation } from '../training/evaluation-document.js';
import { parseParams } from '../training/parse-params.js';
import { requireUpdatable } from '../training/require-updatable.js';
import { findRecordedRun, findStart, type RecordedRun, sourceOfRun, takenSteps } from '../training/resume.js';
import { isDatasetStored, isSnapshotStored } from '../training/stored-results.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { requireLearnable } from './plan-policy.js';
import { reportsOf } from './reports-of.js';
import { resolveLine, resolveSource, type RowLine } from './resolve-line.js';

type PlanInput = z.output<typeof planTrainingInput>;
type RowOrigin = Pick<TrainingStart, 'snapshotHash' | 'datasetHash'>;

/** True when a workflow of this id runs. */
export const isRunning = async (workflowId: string): Promise<boolean> =>
  (await describeRun(Context.current().client, workflowId))?.status.name === 'RUNNING';

/** True when a start from `from` runs the stage `stage`. */
const runs = (from: StartStage, stage: StartStage): boolean => startStages.indexOf(from) <= startStages.indexOf(stage);

/**
 * Opens the run and fixes what every attempt must find the same: parameters, seed, the champion that an update
 * continues, and the results of a former run with which it starts.
 */
export async function planTraining(deps: TrainingActivityDeps, input: PlanInput): Promise<TrainingPlan> {
  const model = await deps.models.find(input.modelName);
  refuseForSkippedStages(input);
  await renewRows(deps, input);
  const former = await findFormer(deps, input);
  const { line, source } = await lineOf(deps, input, former);
  const champion = input.update ? await championOf(deps, model, line) : null;
  const params = champion === null ? paramsOf(model, input, former) : championParams(model, champion, input.params);
  const seed = seedOf(input, former);
  const start = await startOf(deps, input, { former, params });
  if (takesSnapshot(input, start)) await requireLearnable(deps, model, input.policy);
  await openRun(deps, input, { line, seed, params, former, start });
  return {
    modelName: model.name,
    line,
    params,
    seed,
    codeVersion: deps.codeVersion,
    ...(source === null ? {} : { source }),
    ...reportsOf(deps.config),
    ...limitsOf(model, line, deps.config.heartbeatTimeoutSeconds),
    ...(champion === null ? continuedBy(former) : await continuedFrom(deps, champion)),
    ...(start === null ? {} : { start }),
  };
}

/** Rows of an earlier run that this one is about to refer to: a collection of unused blobs spares them from now on. */
async function renewRows(
  { blobs }: TrainingActivityDeps,
  { snapshotHash, datasetHash, line }: PlanInput,
): Promise<void> {
  if (line !== null) return; // a retraining has just taken them
  if (snapshotHash !== null) await isSnapshotStored(blobs, snapshotHash);
  if (datasetHash !== null) await isDatasetStored(blobs, datasetHash);
}

/** True when the run reads the source anew. */
const takesSnapshot = (input: PlanInput, start: TrainingStart | null): boolean =>
  start === null ? !hasOwnRows(input) : !hasOwnRows(start) && start.dataset === undefined;

/** @throws PipelineError `INVALID_INPUT` for what only a stage before the start would read. */
function refuseForSkippedStages({ from, params, update, snapshotHash, datasetHash }: PlanInput): void {
  const names = Object.keys(params);
  if (!runs(from, 'training') && names.length > 0) throw skipped(from, `the parameter ${names.join(', ')}`);
  if (!runs(from, 'training') && update) throw skipped(from, 'an update');
  if (!runs(from, 'dataset') && (snapshotHash ?? datasetHash) !== null) throw skipped(from, 'a snapshot or data set');
}

const skipped = (from: StartStage, what: string): PipelineError =>
  new PipelineError('INVALID_INPUT', `${what} belongs to a stage before ${from}, at which the run starts`, { from });

/** The run that is repeated; null for a run of its own. Rows that the request names need no stored results. */
async function findFormer(deps: TrainingActivityDeps, input: PlanInput): Promise<RecordedRun | null> {
  const { rerunOf, from, modelName, force } = input;
  const resume = { ...deps, isRunning };
  if (rerunOf === null && runs(from, 'dataset')) return null;
  if (rerunOf !== null && hasOwnRows(input)) return findRecordedRun(resume, rerunOf, modelName);
  const line = input.line ?? (rerunOf === null ? (await resolveLine(deps, input)).line : '');
  return findStart(resume, { modelName, line, from, rerunOf, force });
}

const hasOwnRows = ({ snapshotHash, datasetHash }: RowOrigin): boolean => (snapshotHash ?? datasetHash) !== null;

/** The line of the rows that the request names, else that of the former run. */
async function lineOf(deps: TrainingActivityDeps, input: PlanInput, former: RecordedRun | null): Promise<RowLine> {
  const { line, source } = input;
  if (line !== null) return { line, source };
  if (former === null || hasOwnRows(input) || source !== null) return resolveLine(deps, input);
  const isFile = former.run.dataset?.origin.kind === 'file';
  return { line: former.run.line, source: isFile ? null : sourceOfRun(former.run) };
}

/** Parameters of the former run with the given ones over them. Those of a skipped training are taken as recorded. */
const paramsOf = (model: ModelDefinition, { from, params }: PlanInput, former: RecordedRun | null) =>
  former !== null && !runs(from, 'training')
    ? former.run.params
    : parseParams(model, { ...former?.run.params, ...params });

/** @throws PipelineError `INVALID_INPUT` for another seed than that of the training that is skipped. */
function seedOf({ seed, from }: PlanInput, former: RecordedRun | null): number {
  const recorded = former?.run.seed ?? DEFAULT_SEED;
  if (seed !== null && seed !== recorded && !runs(from, 'training')) throw skipped(from, `the seed ${seed}`);
  return seed ?? recorded;
}

/** The results with which the run starts; null when it takes its rows as the request says. */
async function startOf(
  deps: TrainingActivityDeps,
  input: PlanInput,
  { former, params }: { readonly former: RecordedRun | null; readonly params: Readonly<Record<string, unknown>> },
): Promise<TrainingStart | null> {
  const { from, reason } = input;
  if (former === null && from === 'data') return null;
  const origin = await originOf(deps, input, former);
  const { workflowId: rerunOf, statedReason } = former?.run ?? { workflowId: null, statedReason: null };
  const source = input.source ?? (former === null ? null : sourceOfRun(former.run));
  const labels = wereLabelsAllowed(former) ? { allowSuspiciousLabels: true as const } : {};
  const start: TrainingStart = { from, rerunOf, source, reason: reason ?? statedReason, ...labels, ...origin };
  if (former === null || former.run.dataset === null || runs(from, 'dataset')) return start;
  // As the skipped stages had it: the registry's record lacks the zone and the order of dates, by which rows are read.
  const dataset = await loadDatasetRef(deps.blobs, former.run.dataset.hash);
  const shards = await countShards(deps, dataset, params);
  return { ...start, dataset, shards, ...resultsBefore(from, former) };
}

/** What a person allowed once holds for the repetition of the run too. */
const wereLabelsAllowed = (former: RecordedRun | null): boolean =>
  former?.steps.find(({ step }) => step === 'validateDataset')?.input.suspiciousLabels === 'allowed';

function resultsBefore(from: StartStage, { fitted, evaluated }: RecordedRun): Partial<TrainingStart> {
  return {
    ...(!runs(from, 'training') && fitted !== null && { fitted }),
    ...(!runs(from, 'evaluation') && evaluated !== null && { evaluated }),
  };
}

/** Rows of the request, of the former run, or the newest snapshot; none when a snapshot is to be taken. */
async function originOf(deps: TrainingActivityDeps, input: PlanInput, former: RecordedRun | null): Promise<RowOrigin> {
  const { snapshotHash, datasetHash, from } = input;
  if (hasOwnRows(input)) return { snapshotHash, datasetHash };
  const none = { snapshotHash: null, datasetHash: null };
  if (former === null) {
    const { hash } = await requireLatestSnapshot(deps.snapshotLog, await resolveSource(deps, input));
    return { ...none, snapshotHash: hash };
  }
  // The rows of a file are all there is; they cannot be read anew.
  const isFile = (former.origin?.datasetHash ?? null) !== null;
  return from === 'data' && !isFile ? none : (former.origin ?? none);
}

/** Number of parts in which the model is trained. */
export async function countShards(
  { models }: Pick<TrainingActivityDeps, 'models'>,
  { modelName, rows }: DatasetRef,
  params: Readonly<Record<string, unknown>>,
): Promise<number> {
  const model = await models.find(modelName);
  return model.shards?.count(rows, params) ?? 0;
}

/** Records the run, and the results that it starts with as its own. */
async function openRun(
  deps: TrainingActivityDeps,
  { runKey, workflowId, modelName, from, reason }: PlanInput,
  found: {
    readonly line: string;
    readonly seed: number;
    readonly params: Readonly<Record<string, unknown>>;
    readonly former: RecordedRun | null;
    readonly start: TrainingStart | null;
  },
): Promise<void> {
  const { former, start, ...facts } = found;
  const { registry, codeVersion, steps } = deps;
  const rerun = former === null ? null : { workflowId: former.run.workflowId, from };
  const statedReason = start?.reason ?? reason;
  await registry.startRun({ runKey, workflowId, modelName, codeVersion, statedReason, rerun, ...facts });
  if (former === null) return;
  for (const record of takenSteps(former, from)) await steps.record({ ...record, runKey, workflowId });
  if (start?.dataset !== undefined) await registry.recordDataset(runKey, modelName, start.dataset);
  if (start?.fitted !== undefined) {
    const { artefactHash: hash, bytes } = start.fitted;
    await registry.recordArtefact(runKey, modelName, { role: 'model', hash, bytes });
  }
}

/** An update that is repeated continues the version that the former run continued. */
function continuedBy(former: RecordedRun | null): Partial<TrainingPlan> {
  const { championArtefactHash: artefact, championTrainingRowsHash: rows } =
    former?.steps.find(({ step }) => step === 'fitModel')?.input ?? {};
  return {
    ...(typeof artefact === 'string' && { championArtefactHash: artefact }),
    ...(typeof rows === 'string' && { championTrainingRowsHash: rows }),
  };
}

/** What an update continues: the champion's artefact, and the record of the rows that it has learned. */
async function continuedFrom({ blobs }: TrainingActivityDeps, { artefactHash, evaluationHash }: VersionRecord) {
  const { trainingRowsHash } = await loadEvaluation(blobs, evaluationHash);
  return {
    championArtefactHash: artefactHash,
    ...(trainingRowsHash === null ? {} : { championTrainingRowsHash: trainingRowsHash }),
  };
}

/** The champion that an update continues. @throws PipelineError `INVALID_INPUT`, `VERSION_NOT_FOUND`. */
async function championOf(
  { registry }: TrainingActivityDeps,
  model: ModelDefinition,
  line: string,
): Promise<VersionRecord> {
  requireUpdatable(model);
  const { name } = model;
  const champion = await registry.findChampion(name, line);
  if (champion !== null) return champion;
  const wanted = 'champion that an update could continue; train it from scratch first';
  throw versionNotFound({ modelName: name, line }, wanted);
}

/**
 * The champion's parameters; an update cannot change them.
 * @throws PipelineError `INVALID_HYPERPARAMETERS` naming what differs.
 */
function championParams(
  model: ModelDefinition,
  { version, params }: VersionRecord,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const other = Object.keys(given).filter((name) => !isDeepStrictEqual(given[name], params[name]));
  if (other.length === 0) return parseParams(model, params);
  const message = `${model.name}: an update keeps the parameters of ${version}, ${other.join(', ')} would change`;
  throw new PipelineError('INVALID_HYPERPARAMETERS', message, { modelName: model.name, faults: other });
}

function limitsOf({ timeouts, gates, primaryMetric }: ModelDefinition, line: string, heartbeatSeconds: number) {
  const absolute = gatesOfLine(gates, line).find((gate) => gate.kind === 'absolute' && gate.metric === primaryMetric);
  return {
    primaryMetric,
    target: absolute === undefined ? null : gateName(absolute),
    trainTimeoutMs: timeouts.trainMinutes * 60_000,
    evaluateTimeoutMs: timeouts.evaluateMinutes * 60_000,
    heartbeatTimeoutMs: heartbeatSeconds * 1000,
  };
}
