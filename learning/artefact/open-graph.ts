import { InferenceSession } from 'onnxruntime-node';
import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';
import { requireFile } from './files.js';

/**
 * Opens an ONNX graph of an artefact on one thread: several predictors run side by side, and with one thread sums keep
 * one order.
 * @throws PipelineError `ARTEFACT_INVALID` when the file is absent or the runtime refuses it.
 */
export async function openGraph(files: ArtefactFiles, file: string): Promise<InferenceSession> {
  const bytes = requireFile(files, file);
  try {
    return await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  } catch (cause) {
    throw new PipelineError('ARTEFACT_INVALID', `${file} is not a graph that the runtime loads`, { file }, { cause });
  }
}
