import { row } from './error-row.js';
import { nearestHint } from './nearest-name.js';

/** Rows of the error table about definitions of features. */
export const featureErrors = {
  VIEW_NOT_FOUND: row(
    404,
    2,
    'The code defines no feature view of this name and version; the message lists those it has.',
    ({ reference, known }: { reference: string; known: readonly string[] }) =>
      `there is no feature view ${reference}${nearestHint(reference, known)}; known: ${known.join(', ')}`,
  ),
  PUSH_NOT_POSSIBLE: row(
    409,
    2,
    'Rows cannot be pushed to a view, because the data policy changes columns that it reads; a pipeline run computes them.',
    ({ view, columns }: { view: string; columns: readonly string[] }) =>
      `${view} reads ${columns.join(', ')}, which the data policy changes as they are read; run the data pipeline instead`,
  ),
  VIEW_CHANGED: row(
    409,
    2,
    'A published version of a feature view is defined or computed otherwise now; the change needs a version of its own.',
    ({ view, changed, next }: { view: string; changed: readonly string[]; next: string }) =>
      `${view} is published, but the code has changed ${changed.join(' and ')}; ` +
      `undo that, or keep ${view} among the former views and define the change as ${next}`,
  ),
};
