import { requireAtLeast, requireInteger } from '../../checks.js';
import { createRandom } from '../../numeric/random/random.js';
import { groupBy } from '../../group-by.js';

function rowsByLabel(labels: ArrayLike<number>): number[][] {
  const groups = groupBy(Array(labels.length).keys(), (row) => labels[row]!);
  return [...groups].sort(([a], [b]) => a - b).map(([, rows]) => rows);
}

/**
 * Deals the rows of each class evenly over `k` folds in random order. Fold sizes differ by at most one, and so do the
 * counts of a class.
 * @param labels - (n,) class codes.  @returns (n,) the fold 0 … k − 1 in which a row is tested.
 * @throws PipelineError `INVALID_INPUT` when k is not an integer ≥ 2; `TOO_FEW_ROWS` when there are fewer rows than folds.
 */
export function stratifiedFolds(labels: ArrayLike<number>, k: number, seed: number): Int32Array {
  requireInteger('k', k, 2);
  requireAtLeast('rows for the folds', labels.length, k);
  const random = createRandom(seed);
  const folds = new Int32Array(labels.length);
  let dealt = 0;
  for (const rows of rowsByLabel(labels)) {
    for (const row of random.shuffle(rows)) folds[row] = dealt++ % k;
  }
  return folds;
}

/** The rows inside and outside one fold, ascending. */
export function foldRows(folds: ArrayLike<number>, fold: number): { train: number[]; test: number[] } {
  const train: number[] = [];
  const test: number[] = [];
  for (let row = 0; row < folds.length; row++) (folds[row] === fold ? test : train).push(row);
  return { train, test };
}
