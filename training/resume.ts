import { z } from 'zod';
import {
  type EvaluatedModel,
  evaluatedModel,
  type FittedModel,
  fittedModel,
  type TrainingStart,
} from '../contracts/activities.js';
import { dataQuality, frozenHoldout } from '../contracts/dataset.js';
import { pipelineError } from '../contracts/errors.js';
import { sourceOfLine } from '../contracts/ids.js';
import type { ModelRegistry, RunRecord } from '../contracts/registry.js';
import type { ReusableStep, StepLog, StepRecord } from '../contracts/steps.js';
import { type StartStage, startStages, workflowIds } from '../contracts/workflows.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import type { SnapshotLog } from '../datasets/snapshots/snapshot-log.js';
import { requireNotErased } from '../datasets/versions/find-snapshot.js';
import { isDatasetStored, isResultStored, isSnapshotStored } from './stored-results.js';

export interface ResumeDeps {
  readonly registry: Pick<ModelRegistry, 'listRuns'>;
  readonly steps: Pick<StepLog, 'listSteps'>;
  readonly blobs: BlobStore;
  /** Tells which blobs are gone since they held a customer who was forgotten. @default none is */
  readonly snapshotLog?: Pick<SnapshotLog, 'erased'>;
  readonly codeOf: (step: ReusableStep, modelName: string | null) => string;
  /** Whether the workflow of this id runs. */
  readonly isRunning: (workflowId: string) => Promise<boolean>;
}

/** From where a run of a model is to start. */
export interface WantedStart {
  readonly modelName: string;
  readonly line: string;
  readonly from: StartStage;
  /** Workflow id of the run to repeat, or of the retraining that it belongs to; null: the newest that got so far. */
  readonly rerunOf: string | null;
  /** Takes results that another code has computed. */
  readonly force: boolean;
}

/** A former run with the results that its stages recorded. */
export interface RecordedRun {
  readonly run: RunRecord;
  readonly steps: readonly StepRecord[];
  /** Where the rows came from; null when the run ended before. */
  readonly origin: Pick<TrainingStart, 'snapshotHash' | 'datasetHash'> | null;
  readonly fitted: FittedModel | null;
  readonly evaluated: EvaluatedModel | null;
}

/** Steps whose results a start takes over. */
const stepsBefore: Readonly<Record<StartStage, readonly ReusableStep[]>> = {
  data: [],
  dataset: [],
  training: ['prepareDataset', 'validateDataset'],
  evaluation: ['prepareDataset', 'validateDataset', 'fitShard', 'fitModel'],
  registration: ['prepareDataset', 'validateDataset', 'fitShard', 'fitModel', 'evaluateModel'],
};

/** @throws PipelineError `RUN_NOT_FOUND`; `ALREADY_RUNNING`. */
export async function findRecordedRun(
  deps: Pick<ResumeDeps, 'registry' | 'steps' | 'isRunning'>,
  id: string,
  modelName: string,
): Promise<RecordedRun> {
  const found = await deps.registry.listRuns({ workflowId: id, modelName });
  const ids = [id, workflowIds.modelOf(id, modelName)];
  const run = found.find(({ workflowId }) => ids.includes(workflowId));
  if (run === undefined) throw pipelineError('RUN_NOT_FOUND', { id, modelName });
  const { workflowId, status } = run;
  if (status === 'running' && (await deps.isRunning(workflowId)))
    throw pipelineError('ALREADY_RUNNING', { id: workflowId });
  return recordedRun(deps, run);
}

async function recordedRun({ steps: log }: Pick<ResumeDeps, 'steps'>, run: RunRecord): Promise<RecordedRun> {
  const steps = await log.listSteps(run.runKey);
  const find = (step: ReusableStep) => steps.find((record) => record.step === step);
  const [fit, evaluation] = [find('fitModel'), find('evaluateModel')];
  return {
    run,
    steps,
    origin: originOf(run, find('prepareDataset')),
    fitted: fit === undefined ? null : fittedOf(fit),
    evaluated: evaluation === undefined ? null : z.object(evaluatedModel.shape).parse(evaluation.output),
  };
}

/** Of a run that was skipped only the step knows the snapshot. */
function originOf({ dataset }: RunRecord, prepare: StepRecord | undefined): RecordedRun['origin'] {
  if (dataset?.origin.kind === 'file') return { snapshotHash: null, datasetHash: dataset.hash };
  const snapshotHash = dataset?.origin.snapshotHash ?? prepare?.input.snapshotHash;
  return typeof snapshotHash === 'string' ? { snapshotHash, datasetHash: null } : null;
}

/** As the activity returned it: the holdout that was kept out is known from the input. */
function fittedOf({ input, output }: StepRecord): FittedModel {
  const holdoutHash = hashOfJson(frozenHoldout.parse(input.holdout));
  return z.object(fittedModel.shape).parse({ ...output, holdoutHash });
}

/** Stages from which the recorded results allow a start, in order. */
export function reachedStages({ run, steps, origin, fitted, evaluated }: RecordedRun): readonly StartStage[] {
  const validation = steps.find(({ step }) => step === 'validateDataset');
  const isValid = validation !== undefined && dataQuality.parse(validation.output).passed;
  const reached: Readonly<Record<StartStage, boolean>> = {
    data: true,
    dataset: origin !== null,
    training: run.dataset !== null && isValid,
    evaluation: fitted !== null,
    registration: fitted !== null && evaluated !== null,
  };
  return startStages.filter((stage) => reached[stage]);
}

/** The newest run of the model on the line that got as far as the wanted stage. @throws PipelineError `STAGE_NOT_REACHED`. */
async function newestReaching(deps: ResumeDeps, { modelName, line, from }: WantedStart): Promise<RecordedRun> {
  const runs = await deps.registry.listRuns({ modelName });
  for (const run of runs.filter((one) => one.line === line && one.status !== 'running')) {
    const recorded = await recordedRun(deps, run);
    if (reachedStages(recorded).includes(from)) return recorded;
  }
  throw pipelineError('STAGE_NOT_REACHED', { id: `no run of ${modelName} on the line ${line}`, from, reached: 'data' });
}

/**
 * The run whose results replace the stages before `from`, checked: it got so far, they are still stored, and the code
 * that computed them is the present one.
 * @throws PipelineError `RUN_NOT_FOUND`, `ALREADY_RUNNING`, `STAGE_NOT_REACHED`, `RESULT_NOT_STORED`, `DATA_ERASED`;
 *   `CODE_CHANGED` unless forced.
 */
export async function findStart(deps: ResumeDeps, wanted: WantedStart): Promise<RecordedRun> {
  const { rerunOf, modelName, from, force } = wanted;
  const recorded =
    rerunOf === null ? await newestReaching(deps, wanted) : await findRecordedRun(deps, rerunOf, modelName);
  const id = recorded.run.workflowId;
  const reached = reachedStages(recorded);
  if (!reached.includes(from)) throw pipelineError('STAGE_NOT_REACHED', { id, from, reached: reached.join(', ') });
  await requireStored(deps, recorded, from);
  const steps = changedSteps(deps, recorded, from);
  if (steps.length > 0 && !force) throw pipelineError('CODE_CHANGED', { id, steps, from });
  return recorded;
}

/** Steps before `from` that other code has computed. */
export function changedSteps({ codeOf }: Pick<ResumeDeps, 'codeOf'>, { steps }: RecordedRun, from: StartStage) {
  const taken = steps.filter(({ step }) => stepsBefore[from].includes(step));
  const changed = taken.filter(({ step, modelName, code }) => codeOf(step, modelName) !== code);
  return [...new Set(changed.map(({ step }) => step))];
}

/** Records of the steps whose results a start takes over. */
export const takenSteps = ({ steps }: RecordedRun, from: StartStage): readonly StepRecord[] =>
  steps.filter(({ step }) => stepsBefore[from].includes(step));

async function requireStored(
  { blobs, snapshotLog }: ResumeDeps,
  { run, origin, steps }: RecordedRun,
  from: StartStage,
) {
  const missing = (what: string, hash: string) =>
    pipelineError('RESULT_NOT_STORED', { id: run.workflowId, what, hash, from });
  if (from === 'data') return;
  const rows = storedRows({ run, origin }, from);
  if (rows !== null) await requireNotErased(snapshotLog, `the ${rows.what} of ${run.workflowId}`, rows.hash);
  if (rows !== null && !(await rows.isStored(blobs, rows.hash))) throw missing(rows.what, rows.hash);
  for (const record of steps.filter(({ step }) => stepsBefore[from].includes(step))) {
    const what = resultNames[record.step];
    if (what === undefined || (await isResultStored(blobs, record))) continue;
    const { artefactHash, evaluationHash } = record.output;
    throw missing(what, String(evaluationHash ?? artefactHash));
  }
}

/** Results that later stages read; those of the other steps are in these. */
const resultNames: Partial<Readonly<Record<ReusableStep, string>>> = {
  fitModel: 'artefact',
  evaluateModel: 'evaluation',
};

/** What the first stage reads its rows from. */
function storedRows({ run, origin }: Pick<RecordedRun, 'run' | 'origin'>, from: StartStage) {
  const snapshotHash = origin?.snapshotHash ?? null;
  if (from === 'dataset' && snapshotHash !== null)
    return { what: 'snapshot', hash: snapshotHash, isStored: isSnapshotStored };
  return run.dataset === null ? null : { what: 'data set', hash: run.dataset.hash, isStored: isDatasetStored };
}

/** The source that a repetition from the data reads: that of the run's snapshot, else that of its line. */
export function sourceOfRun({ dataset, line }: RunRecord): string {
  return dataset?.origin.kind === 'snapshot' ? dataset.origin.source : sourceOfLine(line);
}
