import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import { isTrainingRow, unseenRows } from '../learning/evaluation/split/index.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import type { EvaluationDocument } from './evaluation-document.js';
import type { HoldoutPart } from './holdout-parts.js';
import { loadTrainingRows } from './training-rows.js';

/** A part with the rows that the champion was not trained on. */
export interface UnseenPart<Part extends HoldoutPart = HoldoutPart> {
  readonly part: Part;
  /** Ascending. */
  readonly rows: readonly number[];
}

/**
 * The rows of each part that the champion was not trained on: by the record of its training rows, so that rows and groups
 * that left the data and came back are found; where there is no record, or it is lost, by the rule it was trained under.
 */
export async function unseenByChampion<Part extends HoldoutPart>(
  blobs: BlobStore,
  champion: Pick<EvaluationDocument, 'trainingRowsHash' | 'holdout' | 'windowStart'>,
  parts: readonly Part[],
): Promise<readonly UnseenPart<Part>[]> {
  const { trainingRowsHash, holdout, windowStart } = champion;
  const learned = trainingRowsHash === null ? null : await nullIfLost(loadTrainingRows(blobs, trainingRowsHash));
  // Under a rule by time the groups of both parts were known to the champion, from other rows.
  const group = holdout.kind === 'group' ? holdout.column : null;
  return parts.map((part) => {
    const { table, schema } = part.data;
    if (learned !== null) return { part, rows: unseenRows(table, { key: schema.key, group }, learned) };
    const byRule = isTrainingRow(holdout, table, windowStart);
    return { part, rows: [...byRule.keys()].filter((row) => !byRule[row]) };
  });
}
