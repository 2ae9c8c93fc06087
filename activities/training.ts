import { Context } from '@temporalio/activity';
import type { z } from 'zod';
import type { BucketedRows, DatasetPart, PreparedDataset, TrainingActivities } from '../contracts/activities.js';
import type { BackendDataset } from '../contracts/model-definition.js';
import type { Reusable } from '../contracts/steps.js';
import type { SnapshotManifest } from '../datasets/snapshots/manifest.js';
import { contentOfRowParts, contentOfRows } from '../feature-store/offline/content.js';
import { planParts } from '../feature-store/offline/training-table.js';
import {
  datasetPartInput,
  evaluateModelInput,
  finishRunInput,
  fitModelInput,
  fitShardInput,
  groupRowsInput,
  lockInput,
  madeParts,
  planMasterInput,
  planTrainingInput,
  prepareDatasetInput,
  writeCardInput,
  validateDatasetInput,
} from '../contracts/activities.js';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import { PipelineError, pipelineError } from '../contracts/errors.js';
import { isSameDataset, loadDatasetRef } from '../datasets/snapshots/dataset-store.js';
import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import { loadSnapshot } from '../datasets/snapshots/snapshot-store.js';
import { type RegistrationInput, registrationInput, type VersionRecord } from '../contracts/registry.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { parentOfRunning } from '../platform/temporal/describe-run.js';
import { mayBeCompleted } from '../learning/evaluation/split/index.js';
import type { fitModel as fitModelJob } from '../training/fit.js';
import { schemaOf } from '../training/dataset-schema.js';
import { ENCODER_ROLE } from '../registry/signing/provenance.js';
import { loadCurves, metricSteps } from '../training/learning-curves.js';
import { runJob } from './run-job.js';
import type { TrainingActivityDeps } from './dependencies.js';
import { findScores, type WantedScores } from './find-scores.js';
import { parse } from './parse.js';
import { planMaster } from './plan-master.js';
import { countShards, planTraining } from './plan-training.js';
import { knownParts, type PartsOfStep, partsReader, withoutKnown } from './known-parts.js';
import { isKnown, runStep, type StepOfRun } from './run-step.js';
import { parseRowOrigin } from './row-origin.js';

/** The steps of one model's training from plan to card. Each may run twice: registry keys and blob hashes make it idempotent. */
export const createTrainingActivities = (deps: TrainingActivityDeps): TrainingActivities => ({
  planMaster: (input) => planMaster(deps, parse(planMasterInput, input)),

  async listModels() {
    return { models: (await deps.models.list()).map(({ name }) => name).sort() };
  },

  async findLockHolder(input) {
    const { lockId } = parse(lockInput, input);
    return { workflowId: await parentOfRunning(Context.current().client, lockId) };
  },

  planTraining: (input) => planTraining(deps, parse(planTrainingInput, input)),

  prepareDataset: (input) => prepareDataset(deps, parse(prepareDatasetInput, input)),
  prepareDatasetPart: (input) => runJob(deps, 'prepareDatasetPart', parse(datasetPartInput, input)),
  groupDatasetRows: (input) => runJob(deps, 'groupDatasetRows', parse(groupRowsInput, input)),

  validateDataset(input) {
    const { dataset, allowSuspiciousLabels, ...run } = parse(validateDatasetInput, input);
    const { maxRejectedShare, suspiciousLabels: rule } = deps.config;
    const suspiciousLabels = allowSuspiciousLabels ? 'allowed' : rule;
    return runStep(deps, 'validateDataset', { dataset, maxRejectedShare, suspiciousLabels }, run);
  },

  fitModel: (input) => fitModel(deps, parse(fitModelInput, input)),
  fitShard: (input) => fitShard(deps, parse(fitShardInput, input)),
  evaluateModel: (input) => evaluateModel(deps, parse(evaluateModelInput, input)),
  async registerModel(input) {
    const registration = parse(registrationInput, input);
    // A run from before the line `synthetic` repeats its data set's old line.
    const { line } = registration.dataset;
    const isOlder = await isOlderThanChampion(deps, registration);
    const registered = await deps.registry.register({ ...registration, line });
    return isOlder ? { ...registered, olderThanChampion: true as const } : registered;
  },
  writeCard: (input) => writeCard(deps, parse(writeCardInput, input)),

  async finishRun(input) {
    const { runKey, modelName, status, reasons } = parse(finishRunInput, input);
    await deps.registry.finishRun(runKey, modelName, { status, reasons });
  },
});

async function prepareDataset(
  deps: TrainingActivityDeps,
  { runKey, modelName, params, cache, byBucket, made, ...hashes }: z.output<typeof prepareDatasetInput>,
): ReturnType<TrainingActivities['prepareDataset']> {
  const origin = parseRowOrigin(hashes);
  const prepared =
    origin.kind === 'dataset'
      ? { status: 'ready' as const, dataset: await importedDataset(deps, modelName, origin.datasetHash) }
      : await rowsOfSnapshot(deps, { modelName, snapshotHash: origin.snapshotHash, byBucket, made }, { runKey, cache });
  if (prepared.status !== 'ready') return prepared;
  await deps.registry.recordDataset(runKey, modelName, prepared.dataset);
  return { ...prepared, shards: await countShards(deps, prepared.dataset, params) };
}

type SnapshotRows = Pick<z.output<typeof prepareDatasetInput>, 'modelName' | 'byBucket' | 'made'> & {
  readonly snapshotHash: string;
};

async function rowsOfSnapshot(
  deps: TrainingActivityDeps,
  { byBucket, made, ...rows }: SnapshotRows,
  named: Pick<StepOfRun, 'runKey' | 'cache'>,
): Promise<Reusable<PreparedDataset> | BucketedRows> {
  const { modelName, snapshotHash } = rows;
  const [{ backend }, manifest] = [await deps.models.find(modelName), await loadSnapshot(deps.blobs, snapshotHash)];
  const run = { ...named, modelName, content: await contentOfRows(deps.blobs, manifest, backend) };
  if (byBucket && made === undefined && !(await isKnown(deps, 'prepareDataset', rows, run))) {
    const bucketed = await planByBucket(deps, { ...rows, backend, cache: named.cache }, manifest);
    if (bucketed !== null) return bucketed;
  }
  return runStep(deps, 'prepareDataset', { ...rows, ...(made && { made }) }, run);
}

interface PlannedRows {
  readonly modelName: string;
  readonly snapshotHash: string;
  readonly backend: BackendDataset;
  readonly cache: boolean;
}

/** What is made bucket by bucket first, without what an earlier run has made; null when all is made at once. */
async function planByBucket(
  deps: TrainingActivityDeps,
  { cache, ...rows }: PlannedRows,
  manifest: SnapshotManifest,
): Promise<BucketedRows | null> {
  const { blobs } = deps;
  const planned = planParts({ ...rows, blobs }, manifest);
  if (planned === null) return null;
  const { buckets, groupings } = planned;
  const known = cache ? await knownParts(deps, rowParts(deps, rows, buckets), manifest) : [];
  return { status: 'bucketed', groupings, ...withoutKnown(buckets, known) };
}

const rowParts = (
  { blobs }: TrainingActivityDeps,
  { modelName, snapshotHash, backend }: Omit<PlannedRows, 'cache'>,
  buckets: readonly number[],
): PartsOfStep<DatasetPart> => ({
  ...{ step: 'prepareDataset', modelName, snapshotHash, buckets },
  contentOf: (manifest) => contentOfRowParts(blobs, manifest, backend),
  partsIn: (input) => partsReader(madeParts)(input)?.parts ?? [],
  blobsOf: ({ sections }) => sections.map(({ hash }) => hash),
});

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

/** Stores the shard as a blob; the registry records the model's artefact only. */
async function fitShard(deps: TrainingActivityDeps, input: z.output<typeof fitShardInput>) {
  const { holdout, holdoutHash } = await unchangedHoldout(deps, input.dataset, []);
  const { cache, ...job } = input;
  const run = { ...job, cache, part: input.shard.index };
  return { ...(await runStep(deps, 'fitShard', { ...job, holdout }, run)), holdoutHash };
}

async function fitModel(deps: TrainingActivityDeps, input: z.output<typeof fitModelInput>) {
  const { runKey, modelName } = input;
  const { holdout, holdoutHash } = await unchangedHoldout(deps, input.dataset, input.holdoutHashes);
  const { cache, ...job } = input;
  const found = await runStep(deps, 'fitModel', { ...job, holdout }, { runKey, modelName, cache });
  const { fitted, checkpointKey, encoders } = withoutMarks(found);
  const { artefactHash: hash, bytes } = fitted;
  await deps.registry.recordArtefact(runKey, modelName, { role: 'model', hash, bytes });
  const { curves } = fitted;
  if (curves !== undefined) {
    await deps.registry.recordArtefact(runKey, modelName, { role: 'learning-curves', ...curves });
    await deps.runBook.recordSteps({ runKey, modelName }, metricSteps(await loadCurves(deps.blobs, curves.hash)));
  }
  for (const { name, sha256, bytes: size } of encoders)
    await deps.registry.recordArtefact(runKey, modelName, {
      role: `${ENCODER_ROLE}${name}`,
      hash: sha256,
      bytes: size,
    });
  await deps.checkpoints.remove(checkpointKey);
  return { ...fitted, holdoutHash };
}

/** True when the champion learned from a snapshot of a later moment: of a past week, or a repeated old run. */
async function isOlderThanChampion(
  { registry, blobs }: TrainingActivityDeps,
  { modelName, dataset }: Pick<RegistrationInput, 'modelName' | 'dataset'>,
): Promise<boolean> {
  const champion = await registry.findChampion(modelName, dataset.line);
  const [own, others] = [dataset.origin, champion?.dataset.origin];
  if (own.kind !== 'snapshot' || others?.kind !== 'snapshot') return false;
  const [mine, theirs] = await Promise.all(
    [own, others].map(({ snapshotHash }) => nullIfLost(loadSnapshot(blobs, snapshotHash))),
  );
  return mine !== null && theirs !== null && mine!.asOf < theirs!.asOf;
}

type FitOutput = z.output<typeof fitModelJob.output>;

/** What a job tells its caller only. */
const withoutMarks = <Found extends Pick<FitOutput, 'checkpointKey' | 'encoderMissing' | 'encoders'>>(found: Found) => {
  const { checkpointKey, encoderMissing, encoders, ...fitted } = found;
  return { fitted, checkpointKey, encoderMissing, encoders };
};

async function evaluateModel(deps: TrainingActivityDeps, input: z.output<typeof evaluateModelInput>) {
  const { runKey, modelName, dataset } = input;
  const { holdout } = await unchangedHoldout(deps, dataset, input.holdoutHashes);
  const found = await deps.registry.findChampion(modelName, dataset.line);
  const champion = found === null ? null : await referenceOf(deps, found, dataset);
  const { cache, ...references } = input;
  const scored = cache ? await knownScores(deps, { ...references, holdout }, champion) : {};
  const job = { ...references, holdout, champion, ...(await otherVersionOf(deps, input, champion)), ...scored };
  const { evaluationBytes: bytes, ...evaluated } = await runStep(deps, 'evaluateModel', job, {
    runKey,
    modelName,
    cache,
  });
  await deps.registry.recordArtefact(runKey, modelName, { role: 'evaluation', hash: evaluated.evaluationHash, bytes });
  return evaluated;
}

type Champion = Awaited<ReturnType<typeof referenceOf>> | null;

/** The version that has the artefact already, where it is another one than the champion. */
async function otherVersionOf(
  deps: TrainingActivityDeps,
  { modelName, dataset, artefactHash }: Pick<WantedScores, 'modelName' | 'dataset' | 'artefactHash'>,
  champion: Champion,
) {
  if (champion === null || champion.artefactHash === artefactHash) return {};
  const versions = await deps.registry.listVersions({ modelName, line: dataset.line });
  const same = versions.find((version) => version.artefactHash === artefactHash);
  return same === undefined ? {} : { repeats: await referenceOf(deps, same, dataset) };
}

/** Evaluations by the present code that scored the run's artefact, and the champion's, on the same rows. */
async function knownScores(deps: TrainingActivityDeps, wanted: WantedScores, champion: Champion) {
  const scoredIn = await findScores(deps, wanted);
  const isScored = champion === null || champion.artefactHash === wanted.artefactHash;
  const other = isScored ? null : await findScores(deps, { ...wanted, artefactHash: champion.artefactHash });
  return { ...(scoredIn !== null && { scoredIn }), ...(other !== null && { championScoredIn: other }) };
}

/** A version as an evaluation compares with it. One that learned from the same rows has the data set of the run. */
const referenceOf = async ({ blobs }: TrainingActivityDeps, record: VersionRecord, dataset: DatasetRef) => ({
  version: record.version,
  signatureHash: record.signatureHash,
  definitionHash: record.definitionHash,
  datasetHash: (await isSameDataset(blobs, record.dataset, dataset)) ? dataset.hash : record.dataset.hash,
  artefactHash: record.artefactHash,
  evaluationHash: record.evaluationHash,
});

async function writeCard(deps: TrainingActivityDeps, input: z.output<typeof writeCardInput>) {
  const { runKey, modelName, version, decision, reasons, evaluationHash, definitionHash } = input;
  const record = await findRun(deps, runKey, modelName);
  const { workflowId, seed, codeVersion, params } = record;
  const origins = { rerun: record.rerun, reused: await reusedSteps(deps, runKey) };
  const startedAt = record.startedAt.toISOString();
  const run = { runKey, workflowId, seed, codeVersion, definitionHash, startedAt, ...origins };
  const facts = { evaluationHash, decision, reasons, version, run, params: { ...params } };
  const { html, markdown } = await runJob(deps, 'renderModelCard', facts);
  await deps.registry.recordArtefact(runKey, modelName, { role: 'card', ...html });
  await deps.registry.recordArtefact(runKey, modelName, { role: 'card-markdown', ...markdown });
  if (version !== null && decision === 'registered')
    await deps.registry.attachCard(modelName, record.line, version, html.hash);
  return { cardHash: html.hash };
}

/** Steps of the run that earlier ones have computed, the parts of a sharded step as one. */
async function reusedSteps({ steps: log }: TrainingActivityDeps, runKey: string) {
  const taken = (await log.listSteps(runKey)).filter(({ computedBy }) => computedBy.runKey !== runKey);
  const named = taken.map(({ step, computedBy }) => ({ step, from: computedBy.workflowId }));
  return [...new Map(named.map((one) => [`${one.step} ${one.from}`, one])).values()];
}

async function findRun({ registry }: TrainingActivityDeps, runKey: string, modelName: string) {
  const [found] = await registry.listRuns({ runKey, modelName });
  if (found !== undefined) return found;
  throw pipelineError('RUN_NOT_FOUND', { id: runKey, modelName });
}
