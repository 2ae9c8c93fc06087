import { row } from './error-row.js';

/** Codes of searching runs. */
export const runErrors = {
  INVALID_FILTER: row(
    400,
    2,
    'A filter or order of runs cannot be read; the message shows the place. `ml runs list --help` lists fields and forms.',
    ({ position, finding, excerpt }: { position: number; finding: string; /** With a caret. */ excerpt: string }) =>
      `position ${position}: ${finding}\n${excerpt}`,
  ),
};
