import type { SourceText } from '../../contracts/dataset.js';
import { errorAt } from '../../contracts/errors.js';

/** A string, or a whole number of more digits than a double holds exactly. */
const STRING_OR_LONG_INTEGER = /"(?:[^"\\]|\\.)*"|(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;

/**
 * `JSON.parse`, except that whole numbers of sixteen or more digits become text with all their digits: as numbers, two
 * 64-bit keys could become one.
 * @throws SyntaxError whose message quotes the text.
 */
export function parseJsonText(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const quoted = (match: string): string => (match.startsWith('"') ? match : `"${match}"`);
  return JSON.parse(text.replace(STRING_OR_LONG_INTEGER, quoted));
}

/** A file's text, or one `line` of it, as JSON. @throws PipelineError `MALFORMED_FILE` without the parser's message, which quotes the text. */
export function parseJson({ name, text }: SourceText, line?: number): unknown {
  try {
    return parseJsonText(text);
  } catch (cause) {
    throw errorAt('MALFORMED_FILE', { file: name, line }, 'the text is not valid JSON', cause);
  }
}
