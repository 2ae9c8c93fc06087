import { InferenceSession } from 'onnxruntime-node';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';

const notReadable = (file: string, what: string, cause?: unknown): PipelineError =>
  new PipelineError('ARTEFACT_INVALID', `${file} ${what}`, { file }, cause === undefined ? {} : { cause });

/** @throws PipelineError `ARTEFACT_INVALID`. */
export function requireFile(files: ArtefactFiles, name: string): Uint8Array {
  const bytes = files[name];
  if (bytes) return bytes;
  throw notReadable(name, 'is not in the artefact');
}

/** Reads a file of text by `parse`, whatever it throws. @throws PipelineError `ARTEFACT_INVALID`. */
export function readText<T>(files: ArtefactFiles, name: string, parse: (text: string) => T): T {
  const bytes = requireFile(files, name);
  try {
    return parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw notReadable(name, 'is not what this version reads', cause);
  }
}

/** One thread: several predictors run side by side, and sums keep one order. @throws PipelineError `ARTEFACT_INVALID`. */
export async function openGraph(files: ArtefactFiles, name: string): Promise<InferenceSession> {
  const bytes = requireFile(files, name);
  try {
    return await InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  } catch (cause) {
    throw notReadable(name, 'is not a graph that the runtime loads', cause);
  }
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
