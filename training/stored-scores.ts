import { isDeepStrictEqual } from 'node:util';
import type { DatasetRef, FrozenHoldout } from '../contracts/dataset.js';
import type { Table } from '../contracts/table.js';
import { isSameDataset } from '../datasets/snapshots/dataset-store.js';
import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import { readParquet } from '../datasets/snapshots/parquet-file.js';
import { sum } from '../learning/numeric/statistics/sum.js';
import { selectRows } from '../learning/table.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import { loadEvaluation } from './evaluation-document.js';
import type { HoldoutPart } from './holdout-parts.js';
import type { ScoredPart } from './score-parts.js';

/** The artefact and the rows that scores are wanted of. */
export interface WantedScores {
  readonly artefactHash: string;
  readonly dataset: DatasetRef;
  readonly holdout: FrozenHoldout;
  readonly parts: readonly HoldoutPart[];
}

/** Null when they are lost: scoring the artefact makes them again. */
const readScores = (blobs: BlobStore, hash: string): Promise<Table | null> =>
  nullIfLost(blobs.localPath(hash).then((path) => readParquet([path])));

/**
 * Scores as an evaluation stored them; null without one, and when it was of another artefact or on other rows, scored not
 * every part, or is lost.
 * @param evaluationHash - of an evaluation by the present code; the document does not say by which code it was made.
 */
export async function storedScores(
  blobs: BlobStore,
  evaluationHash: string | undefined,
  { artefactHash, dataset, holdout, parts }: WantedScores,
): Promise<readonly ScoredPart[] | null> {
  const before = evaluationHash === undefined ? null : await nullIfLost(loadEvaluation(blobs, evaluationHash));
  if (before?.artefactHash !== artefactHash) return null;
  const isSame = isDeepStrictEqual(before.holdout, holdout) && (await isSameDataset(blobs, before.dataset, dataset));
  const scoredRows = parts.map(({ name }) => before.parts.find(({ part }) => part === name)?.scoredRows ?? 0);
  if (!isSame || scoredRows.includes(0)) return null;
  const table = await readScores(blobs, before.scoredHash);
  if (table === null || table.rowCount !== sum(scoredRows)) return null;
  let from = 0;
  return parts.map((part, i) => {
    const rows = Array.from({ length: scoredRows[i]! }, (_, row) => from + row);
    from += rows.length;
    return { ...part, scored: selectRows(table, rows) };
  });
}
