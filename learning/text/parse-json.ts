import type { SourceText } from '../../contracts/dataset.js';
import { errorAt } from '../../contracts/errors.js';

/** A file's text, or one `line` of it, as JSON. @throws PipelineError `MALFORMED_FILE` without the parser's message, which quotes the text. */
export function parseJson({ name, text }: SourceText, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw errorAt('MALFORMED_FILE', { file: name, line }, 'the text is not valid JSON', cause);
  }
}
