import type { Labelling } from '../../contracts/labelling.js';
import type { ArtefactFiles, Predictor } from '../../contracts/model-definition.js';
import type { OpenArtefact } from '../../inference/answer.js';
import { openVerified } from '../../inference/open-verified.js';
import { loadServed, type OpenDeps, type ServedArtefact } from '../../inference/predictor-pool.js';
import { readSample } from '../../inference/sample.js';

/**
 * Opens an artefact whose files have the hashes that its manifest names, and which repeats the answers stored at its
 * training.
 * @throws PipelineError `BLOB_NOT_FOUND`, `BLOB_CORRUPT`; `VERSION_NOT_FOUND`; `ARTEFACT_INVALID`, `ARTEFACT_OUTDATED` as
 *   `openVerified`.
 */
export async function openServed(deps: OpenDeps, artefact: ServedArtefact): Promise<OpenArtefact> {
  const loaded = await loadServed(deps, artefact);
  const predictor = await openVerified(loaded);
  const { inputs } = readSample(loaded.files);
  await warmUp(predictor, inputs);
  const { labelling } = loaded.model;
  const learned = labelling === undefined ? {} : { learnedNames: namesOf(labelling, loaded.files) };
  const { variant } = artefact;
  const sampleInput = inputs[inputs.length >> 1];
  return { predictor, manifest: loaded.manifest, sampleInput, ...learned, ...(variant && { variant }) };
}

const namesOf = (labelling: Labelling, files: ArtefactFiles): readonly string[] =>
  labelling.kind === 'messages' ? labelling.readLearned(files).names : labelling.readTypes(files);

/** What the first explanation reads, as five megabytes of trees, is read now: a request would hold up all others. */
const warmUp = async (predictor: Predictor, inputs: readonly unknown[]): Promise<void> => {
  await predictor.explain?.(predictor.input.parse(inputs[0]));
};
