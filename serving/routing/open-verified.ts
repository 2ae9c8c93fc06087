import { PipelineError } from '../../contracts/errors.js';
import type { Predictor } from '../../contracts/model-definition.js';
import type { OpenArtefact } from '../../inference/answer.js';
import { loadServed, type OpenDeps, type ServedArtefact } from '../../inference/predictor-pool.js';
import { readSample, type Sample } from '../../training/sample.js';
import { differenceFromSample } from '../../training/smoke-test.js';

/**
 * Opens an artefact whose files have the hashes that its manifest names, and which repeats the answers stored at its
 * training.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`; `ARTEFACT_INVALID` also for other answers.
 */
export async function openVerified(deps: OpenDeps, artefact: ServedArtefact): Promise<OpenArtefact> {
  const { model, files, manifest } = await loadServed(deps, artefact);
  const predictor = await model.predictor(files);
  const sample = readSample(files);
  const difference = await differenceFromSample(predictor, sample).catch(async (fault: unknown) => {
    await predictor.close();
    throw fault;
  });
  if (difference === null) {
    await warmUp(predictor, sample);
    return { predictor, manifest };
  }
  await predictor.close();
  const { artefactHash } = artefact;
  throw new PipelineError('ARTEFACT_INVALID', `artefact ${artefactHash} does not repeat its sample: ${difference}`, {
    hash: artefactHash,
  });
}

/** What the first explanation reads, as five megabytes of trees, is read now: a request would hold up all others. */
const warmUp = async (predictor: Predictor, { inputs }: Sample): Promise<void> => {
  await predictor.explain?.(predictor.input.parse(inputs[0]));
};
