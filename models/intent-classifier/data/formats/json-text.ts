import { PipelineError } from '../../../../contracts/errors.js';
import type { SourceText } from '../../../../contracts/dataset.js';

/** @throws PipelineError `MALFORMED_FILE`; the parser's own message is left out, since it quotes the text. */
export function parseJson({ name, text }: SourceText, line?: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const where = line === undefined ? name : `${name}, line ${line}`;
    const details = line === undefined ? { file: name } : { file: name, line };
    throw new PipelineError('MALFORMED_FILE', `${where}: the text is not valid JSON`, details, { cause });
  }
}
