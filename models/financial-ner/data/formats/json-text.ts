import type { SourceText } from '../../../../contracts/dataset.js';
import { textFault } from '../text-table.js';

/** Objects of a JSON array, of one object's `rows`, or one object a line. @throws PipelineError `MALFORMED_FILE`. */
export function readObjects({ name, text }: SourceText): Record<string, unknown>[] {
  const malformed = (line?: number) =>
    textFault('MALFORMED_FILE', line === undefined ? { file: name } : { file: name, line }, 'not valid JSON');
  const parse = (part: string, line?: number): unknown => {
    try {
      return JSON.parse(part);
    } catch {
      // The parser's own message quotes the text, which may be personal.
      throw malformed(line);
    }
  };
  const lines = text.split('\n');
  const isLines = text.trimStart().startsWith('{') && !/"rows"\s*:\s*\[/.test(text.slice(0, 4096));
  const parsed = isLines ? lines.flatMap((line, i) => (line.trim() === '' ? [] : [parse(line, i + 1)])) : parse(text);
  const rows = Array.isArray(parsed) ? (parsed as unknown[]) : (parsed as { rows?: unknown } | null)?.rows;
  if (!Array.isArray(rows)) throw textFault('MALFORMED_FILE', { file: name }, 'wanted a list of texts');
  return rows.map((row: unknown, i) => {
    if (typeof row === 'object' && row !== null && !Array.isArray(row)) return row as Record<string, unknown>;
    throw textFault('INVALID_VALUE', { file: name, row: i + 1 }, 'wanted an object');
  });
}
