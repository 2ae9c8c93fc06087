import type { FileFormat, SourceText, TextLayout } from '../../../../contracts/dataset.js';
import { messageSchema, messageTable } from './message-table.js';
import { type PlacedMessage, usableMessages } from './usable-messages.js';

/** A layout of labelled messages. */
interface MessageLayout {
  readonly name: string;
  readonly description: string;
  /** Unrelated data sets have it, so that each file or folder is a line of its own. @default false */
  readonly isShared?: boolean;
  readonly matches: TextLayout['matches'];
  /** @throws PipelineError `MALFORMED_FILE`, `INVALID_VALUE` with file and line. */
  readonly read: (files: readonly SourceText[], remark: (sentence: string) => void) => readonly PlacedMessage[];
}

/** Creates the file format of a layout of labelled messages; its line has the format's name. */
export const messageFormat = ({ name, description, isShared = false, matches, read }: MessageLayout): FileFormat => ({
  name,
  description,
  schema: messageSchema(name),
  encodings: ['text'],
  isSharedLayout: isShared,
  matches: () => false,
  layout: {
    matches,
    parse: (files, remark = () => undefined) => messageTable(usableMessages(read(files, remark), remark)),
  },
});

/** Splits a text into lines; an empty last line is dropped. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
