import { errorAt } from '../../../../contracts/errors.js';
import { parseJson } from '../../../../learning/text/parse-json.js';
import type { SourceText } from '../../../../contracts/dataset.js';

/**
 * Reads objects from a JSON array, from the array `rows` of an object, or from JSON Lines.
 * @throws PipelineError `MALFORMED_FILE`; `INVALID_VALUE` for an element that is not an object.
 */
export function readObjects(source: SourceText): Record<string, unknown>[] {
  const { name, text } = source;
  const lines = text.split(/\r\n|\n|\r/);
  const isLines = text.trimStart().startsWith('{') && !/"rows"\s*:\s*\[/.test(text.slice(0, 4096));
  const parsed = isLines
    ? lines.flatMap((line, i) => (line.trim() === '' ? [] : [parseJson({ name, text: line }, i + 1)]))
    : parseJson(source);
  const rows = Array.isArray(parsed) ? (parsed as unknown[]) : (parsed as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(rows)) throw errorAt('MALFORMED_FILE', { file: name }, 'wanted a list of texts');
  return rows.map((row: unknown, i) => {
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
    throw errorAt('INVALID_VALUE', { file: name, row: i + 1 }, 'wanted an object');
  });
}
