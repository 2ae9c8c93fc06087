import type { FileFormat, SourceText, TextLayout } from '../../../../contracts/dataset.js';
import { type LabelledMessage, messageSchema, messageTable } from './message-table.js';

interface MessageLayout {
  readonly name: string;
  readonly description: string;
  readonly matches: TextLayout['matches'];
  /** @throws PipelineError `MALFORMED_FILE`, `INVALID_VALUE` with file and line. */
  readonly read: (files: readonly SourceText[]) => readonly LabelledMessage[];
}

/** A layout of labelled messages as a file format; its line has the format's name. */
export const messageFormat = ({ name, description, matches, read }: MessageLayout): FileFormat => ({
  name,
  description,
  schema: messageSchema(name),
  encodings: ['text'],
  matches: () => false,
  layout: { matches, parse: (files) => messageTable(read(files)) },
});

/** Lines without their ends; the last one only when it holds something. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
