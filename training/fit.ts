import { z } from 'zod';
import { fittedModel, fitModelInput } from '../contracts/activities.js';
import { frozenHoldout } from '../contracts/dataset.js';
import { contentHash } from '../contracts/ids.js';
import type { LossPoint } from '../contracts/learning-curve.js';
import type { ArtefactFiles, EncoderFiles, TrainContext } from '../contracts/model-definition.js';
import { findModel } from '../models/catalogue.js';
import { hashOfJson } from '../platform/blobs/hash.js';
import { loadArtefact, storeArtefact } from '../registry/artefacts.js';
import { openCheckpoint } from './checkpoint.js';
import { trainArtefact } from './sample.js';
import { loadDivided } from './holdout-parts.js';
import { createCurveRecorder, storeCurves } from './learning-curves.js';
import { storeTrainingRows } from './training-rows.js';
import { definitionHashOf, readsOf } from './version-hashes.js';
import { defineJob, type JobContext } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';

const fitInput = fitModelInput.omit({ cache: true }).extend({ holdout: frozenHoldout });
type FitInput = z.output<typeof fitInput>;

/** Name of the checkpoint: equal for attempts of the same step, different for all other steps. */
export const checkpointKeyOf = ({ runKey, ...step }: FitInput, definitionVersion: number): string =>
  hashOfJson({ runKey, step: 'fit-model', definitionVersion, ...step });

/** When none is found, the run's progress shows the reason. */
async function findEncoderFiles(
  { findEncoder, signal, onProgress }: JobContext,
  name: string,
  onFound: (files: EncoderFiles | null) => void,
): Promise<EncoderFiles | null> {
  const found = await findEncoder(name, { signal, onProgress });
  onFound(found.files);
  if (found.files === null) {
    onProgress({ stage: found.reason, done: 1, total: 1 });
  }
  return found.files;
}

function trainContextOf(
  job: JobContext,
  checkpointKey: string,
  given: Pick<TrainContext, 'seed' | 'shards' | 'champion' | 'onLoss'> & {
    readonly onEncoder: (files: EncoderFiles | null) => void;
  },
): TrainContext {
  const { signal, onProgress, checkpoints } = job;
  const checkpoint = openCheckpoint(checkpoints, checkpointKey);
  const { onEncoder, ...lent } = given;
  const encoder = (name: string) => findEncoderFiles(job, name, onEncoder);
  return { ...lent, signal, onProgress, checkpoint, encoder };
}

/**
 * The artefact that an update continues.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`, `ARTEFACT_INVALID`, `ARTEFACT_UNSIGNED`, `SIGNATURE_REFUSED`.
 */
async function loadChampion(
  { blobs, requireSigned }: Pick<JobContext, 'blobs' | 'requireSigned'>,
  { championArtefactHash: hash }: FitInput,
): Promise<ArtefactFiles | null> {
  if (hash === undefined) return null;
  await requireSigned?.(hash);
  return (await loadArtefact(blobs, hash)).files;
}

/** Which pretrained weights a training was given. */
function recordEncoders() {
  const read = new Map<string, { readonly name: string; readonly sha256: string; readonly bytes: number }>();
  let encoderMissing = false;
  return {
    onEncoder: (files: EncoderFiles | null): void => {
      if (files === null) encoderMissing = true;
      else read.set(files.name, { name: files.name, sha256: files.weightsSha256, bytes: files.weights.byteLength });
    },
    found: () => ({ encoderMissing, encoders: [...read.values()] }),
  };
}

/**
 * Trains on the rows outside the holdout and stores the artefact. The checkpoint is kept until the caller has recorded
 * the artefact, so that a step killed in between continues from it.
 */
export const fitModel = defineJob({
  input: fitInput,
  output: fittedModel.extend({
    checkpointKey: z.string(),
    /** The training wanted an encoder that was not found, so that it may end otherwise another time. */
    encoderMissing: z.boolean().default(false),
    /** Pretrained weights that the training read. */
    encoders: z.array(z.strictObject({ name: z.string(), sha256: contentHash, bytes: z.int() })).default([]),
  }),
  async run(input, job) {
    const { modelName, dataset, seed, params } = input;
    const onStep = stepsOf(job);
    await onStep('reading rows', 0, 2);
    const model = await findModel(modelName);
    const { train } = await loadDivided(job.blobs, model, input);
    const shards = await Promise.all(input.shards.map((hash) => job.blobs.get(hash)));
    const checkpointKey = checkpointKeyOf(input, model.definitionVersion);
    const champion = await loadChampion(job, input);
    const encoders = recordEncoders();
    const recorder = createCurveRecorder();
    const lent = {
      seed,
      shards,
      champion,
      onEncoder: encoders.onEncoder,
      onLoss: (point: LossPoint) => recorder.onLoss(point),
    };
    const trainContext = trainContextOf(job, checkpointKey, lent);
    const trained = await trainArtefact(model, trainContext, train, params);

    await onStep('storing the artefact', 1, 2);
    const { definitionVersion } = model;
    const content = { modelName, definitionVersion, line: dataset.line, reads: readsOf(model, dataset), ...trained };
    const stored = await storeArtefact(job.blobs, content);
    const definitionHash = definitionHashOf(model, params, train.schema.table ?? null);
    const learned = { holdout: input.holdout, continued: input.championTrainingRowsHash };
    const trainingRowsHash = await storeTrainingRows(job.blobs, train, learned);
    const curves = (await storeCurves(job.blobs, recorder.curves())) ?? undefined;
    const hashes = { signatureHash: trained.signatureHash, definitionHash, trainingRowsHash };
    const trainedRows = train.table.rowCount;
    return { ...stored, ...hashes, trainedRows, checkpointKey, ...encoders.found(), ...(curves && { curves }) };
  },
});
