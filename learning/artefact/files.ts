import type { z } from 'zod';
import { canonicalJson } from '../../contracts/canonical-json.js';
import { PipelineError } from '../../contracts/errors.js';
import type { ArtefactFiles } from '../../contracts/model-definition.js';

/** Text as UTF-8 bytes. */
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A value as the bytes of canonical JSON: equal values have equal bytes. @throws RangeError on a number that is not finite. */
export const writeJson = (value: unknown): Uint8Array => utf8(canonicalJson(value));

/** A file of an artefact. @throws PipelineError `ARTEFACT_INVALID` when the artefact lacks it. */
export function requireFile(files: ArtefactFiles, file: string): Uint8Array {
  const bytes = files[file];
  if (bytes) return bytes;
  throw new PipelineError('ARTEFACT_INVALID', `the artefact has no file ${file}`, { file });
}

/**
 * A text file of an artefact, read by `parse`.
 * @param parse - whatever it throws becomes the cause.
 * @throws PipelineError `ARTEFACT_INVALID` when the file is absent or `parse` refuses it.
 */
export function readText<Value>(files: ArtefactFiles, file: string, parse: (text: string) => Value): Value {
  const bytes = requireFile(files, file);
  try {
    return parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new PipelineError('ARTEFACT_INVALID', `${file} is not what this version reads`, { file }, { cause });
  }
}

/** A JSON file of an artefact. @throws PipelineError `ARTEFACT_INVALID` when it is absent or the schema refuses it. */
export const readJson = <Value>(files: ArtefactFiles, file: string, schema: z.ZodType<Value>): Value =>
  readText(files, file, (text) => schema.parse(JSON.parse(text)));
