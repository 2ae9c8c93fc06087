import { isDeepStrictEqual } from 'node:util';
import type { FrozenHoldout } from '../contracts/dataset.js';
import type { Table } from '../contracts/table.js';
import { nullIfLost } from '../datasets/snapshots/lost-blob.js';
import { readParquet } from '../datasets/snapshots/parquet-file.js';
import { sum } from '../learning/numeric/statistics/sum.js';
import { selectRows } from '../learning/table.js';
import type { BlobStore } from '../platform/blobs/blob-store.js';
import type { EvaluationDocument } from './evaluation-document.js';
import type { HoldoutPart } from './holdout-parts.js';
import type { ScoredPart } from './score-parts.js';

/** The rows that scores are wanted of. */
export interface WantedRows {
  readonly datasetHash: string;
  readonly holdout: FrozenHoldout;
  readonly parts: readonly HoldoutPart[];
}

/** Null when they are lost: scoring the artefact makes them again. */
const readScores = (blobs: BlobStore, hash: string): Promise<Table | null> =>
  nullIfLost(blobs.localPath(hash).then((path) => readParquet([path])));

/** Scores as an evaluation stored them; null when it was on other rows, scored not every part, or its scores are lost. */
export async function storedScores(
  blobs: BlobStore,
  before: EvaluationDocument,
  { datasetHash, holdout, parts }: WantedRows,
): Promise<readonly ScoredPart[] | null> {
  const isSame = before.dataset.hash === datasetHash && isDeepStrictEqual(before.holdout, holdout);
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
