import { isDeepStrictEqual } from 'node:util';
import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { TrainingActivities, TrainingPlan } from '../contracts/activities.js';
import {
  evaluateModelInput,
  finishRunInput,
  fitModelInput,
  fitShardInput,
  lockInput,
  planMasterInput,
  planTrainingInput,
  prepareDatasetInput,
  writeCardInput,
  validateDatasetInput,
} from '../contracts/activities.js';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import { lineOfSource } from '../contracts/ids.js';
import type { ModelDefinition } from '../contracts/model-definition.js';
import { registrationInput, type VersionRecord } from '../contracts/registry.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { parentOfRunning } from '../platform/temporal/describe-run.js';
import { gateName, gatesOfLine } from '../registry/gates.js';
import { parseParams } from '../training/parse-params.js';
import { mayBeCompleted } from '../learning/evaluation/split/index.js';
import { schemaOf } from '../training/dataset-schema.js';
import { loadEvaluation } from '../training/evaluation-document.js';
import { runJob } from './run-job.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { loadDatasetRef, resolveLine, resolveSource } from './resolve-line.js';
import { parse } from './parse.js';
import { reportsOf } from './reports-of.js';
import { parseRowOrigin } from './row-origin.js';
import { versionNotFound } from '../registry/choose-version.js';
import { requireUpdatable } from '../training/require-updatable.js';

/** The steps of one model's training from plan to card. Each may run twice: registry keys and blob hashes make it idempotent. */
export const createTrainingActivities = (deps: TrainingActivityDeps): TrainingActivities => ({
  async planMaster(input) {
    const { models, ...from } = parse(planMasterInput, input);
    const known = (await deps.models.list()).map(({ name }) => name);
    for (const name of models) await deps.models.find(name);
    const source = await resolveSource(deps, from);
    const { productionApproval } = deps.config;
    return {
      models: models.length === 0 ? known : [...models],
      source,
      line: lineOfSource(source),
      productionApproval,
      ...reportsOf(deps.config),
    };
  },

  async listModels() {
    return { models: (await deps.models.list()).map(({ name }) => name).sort() };
  },

  async findLockHolder(input) {
    const { lockId } = parse(lockInput, input);
    return { workflowId: await parentOfRunning(Context.current().client, lockId) };
  },

  planTraining: (input) => planTraining(deps, parse(planTrainingInput, input)),

  async prepareDataset(input) {
    const { runKey, modelName, params, ...hashes } = parse(prepareDatasetInput, input);
    const origin = parseRowOrigin(hashes);
    const prepared =
      origin.kind === 'dataset'
        ? { status: 'ready' as const, dataset: await importedDataset(deps, modelName, origin.datasetHash) }
        : await runJob(deps, 'prepareDataset', { modelName, snapshotHash: origin.snapshotHash });
    if (prepared.status !== 'ready') return prepared;
    await deps.registry.recordDataset(runKey, modelName, prepared.dataset);
    return { ...prepared, shards: await countShards(deps, prepared.dataset, params) };
  },

  validateDataset(input) {
    const { dataset, allowSuspiciousLabels } = parse(validateDatasetInput, input);
    const { maxRejectedShare, suspiciousLabels: rule } = deps.config;
    const suspiciousLabels = allowSuspiciousLabels ? 'allowed' : rule;
    return runJob(deps, 'validateDataset', { dataset, maxRejectedShare, suspiciousLabels });
  },

  fitModel: (input) => fitModel(deps, parse(fitModelInput, input)),
  fitShard: (input) => fitShard(deps, parse(fitShardInput, input)),
  evaluateModel: (input) => evaluateModel(deps, parse(evaluateModelInput, input)),
  registerModel(input) {
    const registration = parse(registrationInput, input);
    // A run from before the line `synthetic` repeats its data set's old line.
    return deps.registry.register({ ...registration, line: registration.dataset.line });
  },
  writeCard: (input) => writeCard(deps, parse(writeCardInput, input)),

  async finishRun(input) {
    const { runKey, modelName, status, reasons } = parse(finishRunInput, input);
    await deps.registry.finishRun(runKey, modelName, { status, reasons });
  },
});

/** Opens the run and fixes the champion that an update continues, so that every attempt continues the same one. */
async function planTraining(
  deps: TrainingActivityDeps,
  input: z.output<typeof planTrainingInput>,
): Promise<TrainingPlan> {
  const { runKey, workflowId, modelName, seed, reason: statedReason, ...wanted } = input;
  const model = await deps.models.find(modelName);
  const { line, source } =
    wanted.line === null ? await resolveLine(deps, wanted) : { line: wanted.line, source: wanted.source };
  const champion = wanted.update ? await championOf(deps, model, line) : null;
  const params = champion === null ? parseParams(model, wanted.params) : championParams(model, champion, wanted.params);
  const { codeVersion } = deps;
  const run = { runKey, workflowId, modelName, line, seed, params, codeVersion, statedReason };
  await deps.registry.startRun(run);
  return {
    modelName,
    line,
    params,
    seed,
    codeVersion,
    ...(source === null ? {} : { source }),
    ...reportsOf(deps.config),
    ...limitsOf(model, line, deps.config.heartbeatTimeoutSeconds),
    ...(champion === null ? {} : await continuedFrom(deps, champion)),
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

async function importedDataset({ blobs }: TrainingActivityDeps, modelName: string, hash: string): Promise<DatasetRef> {
  const dataset = await loadDatasetRef(blobs, hash);
  if (dataset.modelName === modelName) return dataset;
  const message = `data set ${hash.slice(0, 12)} was imported for ${dataset.modelName}, not for ${modelName}`;
  throw new PipelineError('DATASET_NOT_FOUND', message, { hash, found: dataset.modelName, wanted: modelName });
}

/**
 * The line's holdout, when it is the one that earlier steps of the run kept out: a model must not be evaluated on rows
 * that it was trained on.
 * @throws PipelineError `CONFLICT` when it was renewed.
 */
async function unchangedHoldout(
  deps: TrainingActivityDeps,
  dataset: DatasetRef,
  earlier: readonly string[],
): Promise<{ readonly holdout: FrozenHoldout; readonly holdoutHash: string }> {
  const holdout = await holdoutOf(deps, dataset);
  const holdoutHash = hashOfJson(holdout);
  if (earlier.every((hash) => hash === holdoutHash)) return { holdout, holdoutHash };
  const { modelName, line } = dataset;
  const message = `the holdout of ${modelName} (line ${line}) was renewed while this run was under way; start it again`;
  throw new PipelineError('CONFLICT', message, { modelName, line });
}

/** Actor of holdout changes that follow from a model's split rule. */
const PIPELINE = 'pipeline';

/**
 * The line's holdout; the first training of a line freezes it. A line that was frozen before holdouts had two parts gets
 * what its rule adds, as a recorded change of the holdout.
 */
async function holdoutOf(deps: TrainingActivityDeps, dataset: DatasetRef): Promise<FrozenHoldout> {
  const { modelName, line } = dataset;
  const known = await deps.registry.findLine(modelName, line);
  if (known !== null) {
    const { split } = await schemaOf(deps.blobs, await deps.models.find(modelName), dataset);
    if (!mayBeCompleted(known.holdout, split)) return known.holdout;
    const complete = await runJob(deps, 'freezeLine', { dataset, frozen: known.holdout });
    return (await deps.registry.refreezeLine(modelName, line, complete, PIPELINE)).holdout;
  }
  const first = await runJob(deps, 'freezeLine', { dataset });
  return (await deps.registry.ensureLine(modelName, line, first)).holdout;
}

async function countShards(
  { models }: TrainingActivityDeps,
  { modelName, rows }: DatasetRef,
  params: Record<string, unknown>,
): Promise<number> {
  const model = await models.find(modelName);
  return model.shards?.count(rows, params) ?? 0;
}

/** Stores the shard as a blob; the registry records the model's artefact only. */
async function fitShard(deps: TrainingActivityDeps, input: z.output<typeof fitShardInput>) {
  const { holdout, holdoutHash } = await unchangedHoldout(deps, input.dataset, []);
  return { ...(await runJob(deps, 'fitShard', { ...input, holdout })), holdoutHash };
}

async function fitModel(deps: TrainingActivityDeps, input: z.output<typeof fitModelInput>) {
  const { runKey, modelName } = input;
  const { holdout, holdoutHash } = await unchangedHoldout(deps, input.dataset, input.holdoutHashes);
  const { checkpointKey, ...fitted } = await runJob(deps, 'fitModel', { ...input, holdout });
  const { artefactHash: hash, bytes } = fitted;
  await deps.registry.recordArtefact(runKey, modelName, { role: 'model', hash, bytes });
  await deps.checkpoints.remove(checkpointKey);
  return { ...fitted, holdoutHash };
}

async function evaluateModel(deps: TrainingActivityDeps, input: z.output<typeof evaluateModelInput>) {
  const { runKey, modelName, dataset } = input;
  const { holdout } = await unchangedHoldout(deps, dataset, input.holdoutHashes);
  const found = await deps.registry.findChampion(modelName, dataset.line);
  const champion = found === null ? null : championReference(found);
  const { evaluationBytes: bytes, ...evaluated } = await runJob(deps, 'evaluateModel', {
    ...input,
    holdout,
    champion,
  });
  await deps.registry.recordArtefact(runKey, modelName, { role: 'evaluation', hash: evaluated.evaluationHash, bytes });
  return evaluated;
}

const championReference = (record: VersionRecord) => ({
  version: record.version,
  signatureHash: record.signatureHash,
  definitionHash: record.definitionHash,
  datasetHash: record.dataset.hash,
  artefactHash: record.artefactHash,
  evaluationHash: record.evaluationHash,
});

async function writeCard(deps: TrainingActivityDeps, input: z.output<typeof writeCardInput>) {
  const { runKey, modelName, version, decision, reasons, evaluationHash, definitionHash } = input;
  const record = await findRun(deps, runKey, modelName);
  const { workflowId, seed, codeVersion, params } = record;
  const run = { runKey, workflowId, seed, codeVersion, definitionHash, startedAt: record.startedAt.toISOString() };
  const facts = { evaluationHash, decision, reasons, version, run, params: { ...params } };
  const { html, markdown } = await runJob(deps, 'renderModelCard', facts);
  await deps.registry.recordArtefact(runKey, modelName, { role: 'card', ...html });
  await deps.registry.recordArtefact(runKey, modelName, { role: 'card-markdown', ...markdown });
  if (version !== null && decision === 'registered')
    await deps.registry.attachCard(modelName, record.line, version, html.hash);
  return { cardHash: html.hash };
}

async function findRun({ registry }: TrainingActivityDeps, runKey: string, modelName: string) {
  const [found] = await registry.listRuns({ runKey, modelName });
  if (found !== undefined) return found;
  throw pipelineError('RUN_NOT_FOUND', { id: runKey, modelName });
}
