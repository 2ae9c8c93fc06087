import { type ErrorCode, PipelineError } from '../../../contracts/errors.js';

/** Where in a file something is. Rows count data rows from 1, lines count lines of the unpacked text from 1. */
export interface Place {
  readonly file: string;
  readonly row?: number | undefined;
  readonly line?: number | undefined;
  readonly column?: string | undefined;
}

const describePlace = ({ file, row, line, column }: Place): string =>
  [
    file,
    row === undefined ? null : `row ${row}${line === undefined ? '' : ` (line ${line})`}`,
    row === undefined && line !== undefined ? `line ${line}` : null,
    column === undefined ? null : `column "${column}"`,
  ]
    .filter((part) => part !== null)
    .join(', ');

/** A fault of a file, with its place in message and details. */
export function fileFault(code: ErrorCode, place: Place, finding: string, cause?: unknown): PipelineError {
  const known = Object.entries(place).filter((entry): entry is [string, string | number] => entry[1] !== undefined);
  const message = `${describePlace(place)}: ${finding}`;
  return new PipelineError(code, message, Object.fromEntries(known), cause === undefined ? {} : { cause });
}
