import { PipelineError, pipelineError } from '../contracts/errors.js';
import type { ArtefactFiles, ModelDefinition, Predictor } from '../contracts/model-definition.js';
import type { ArtefactManifest } from '../registry/artefacts.js';
import { differenceFromSample, readSample } from './sample.js';

/** A loaded artefact, with the model that opens it. */
export interface LoadedArtefact {
  readonly model: ModelDefinition;
  readonly files: ArtefactFiles;
  readonly manifest: ArtefactManifest;
}

/** Whether the artefact was made by another definition of its model than this program has. */
export const isOfOtherDefinition = ({ model, manifest }: LoadedArtefact): boolean =>
  manifest.definitionVersion !== model.definitionVersion;

/**
 * Opens an artefact that repeats the answers stored at its training.
 * @throws PipelineError `ARTEFACT_INVALID` for other answers; `ARTEFACT_OUTDATED` when it is of another definition and
 *   gives other answers or none: then the program has changed, and not the artefact.
 */
export async function openVerified(loaded: LoadedArtefact): Promise<Predictor> {
  try {
    return await openRepeating(loaded);
  } catch (fault) {
    if (!isOfOtherDefinition(loaded)) throw fault;
    const { model, manifest } = loaded;
    const of = (version: number): string => `definition version ${version} of ${model.name}`;
    const found = `${of(manifest.definitionVersion)}, whose answers this program does not repeat`;
    throw pipelineError('ARTEFACT_OUTDATED', { found, wanted: of(model.definitionVersion) }, { cause: fault });
  }
}

async function openRepeating({ model, files }: LoadedArtefact): Promise<Predictor> {
  const predictor = await model.predictor(files);
  try {
    const difference = await differenceFromSample(predictor, readSample(files));
    if (difference === null) return predictor;
    throw new PipelineError('ARTEFACT_INVALID', `the artefact does not repeat its sample: ${difference.path} differs`);
  } catch (fault) {
    await predictor.close();
    throw fault;
  }
}
