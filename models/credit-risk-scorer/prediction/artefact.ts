import { z } from 'zod';
import { PipelineError } from '../../../contracts/errors.js';
import type { ArtefactFiles } from '../../../contracts/model-definition.js';
import { canonicalJson } from '../../../contracts/canonical-json.js';
import type { GradientBoostingState } from '../../../learning/tabular/gradient-boosting/index.js';
import { decodeState } from '../../../learning/artefact/state-json.js';

/** @throws PipelineError `ARTEFACT_INVALID`. */
export function requireFile(files: ArtefactFiles, file: string): Uint8Array {
  const bytes = files[file];
  if (bytes) return bytes;
  throw new PipelineError('ARTEFACT_INVALID', `the artefact has no file ${file}`, { file });
}

/** @throws PipelineError `ARTEFACT_INVALID` for bytes that are not what the schema wants. */
export function readJson<Value>(files: ArtefactFiles, file: string, schema: z.ZodType<Value>): Value {
  const bytes = requireFile(files, file);
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    const message = `${file} is not of a form that this version reads`;
    throw new PipelineError('ARTEFACT_INVALID', message, { file }, { cause });
  }
}

export const writeJson = (value: unknown): Uint8Array => new TextEncoder().encode(canonicalJson(value));

const treesShape = z.looseObject({ schemaVersion: z.literal(1), featureCount: z.int(), trees: z.array(z.unknown()) });

/** The trees as they were grown, for explanations. @throws PipelineError `ARTEFACT_INVALID`. */
export function readTrees(files: ArtefactFiles): GradientBoostingState {
  const file = 'trees.json';
  const bytes = requireFile(files, file);
  try {
    const state = decodeState(new TextDecoder().decode(bytes));
    treesShape.parse(state);
    return state as GradientBoostingState;
  } catch (cause) {
    throw new PipelineError('ARTEFACT_INVALID', `${file} does not hold trees`, { file }, { cause });
  }
}
