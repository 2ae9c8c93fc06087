import { quietContext } from '../../learning/estimator.js';
import { gradientBoosting } from '../../learning/tabular/gradient-boosting/index.js';
import { selectMatrixRows } from '../../learning/numeric/matrix/index.js';
import { rocAuc } from '../../learning/evaluation/metrics/index.js';
import { foldRows, stratifiedFolds } from '../../learning/evaluation/split/index.js';
import type { PeerRows } from './xgboost.js';

/** Five stratified folds a seed. */
export const fiveFolds = (rows: PeerRows, seeds: readonly number[]): Int32Array[] =>
  seeds.map((seed) => stratifiedFolds(rows.y, 5, seed));

const labelsOf = (y: ArrayLike<number>, rows: readonly number[]): number[] => rows.map((row) => y[row]!);

/** Out-of-fold probabilities of our trees. @param params - as `gradientBoosting.fit` takes them. */
export function predictOutOfFold(rows: PeerRows, folds: Int32Array, params: unknown): Float64Array {
  const predictions = new Float64Array(rows.y.length);
  for (let fold = 0; fold <= Math.max(...new Set(folds)); fold++) {
    const { train, test } = foldRows(folds, fold);
    const x = selectMatrixRows(rows.x, train);
    const state = gradientBoosting.fit(params, x, labelsOf(rows.y, train), quietContext(1));
    const answers = gradientBoosting.predict(state, selectMatrixRows(rows.x, test));
    test.forEach((row, i) => (predictions[row] = answers[i]!));
  }
  return predictions;
}

/** AUC inside each fold. */
export function foldAucs(y: ArrayLike<number>, scores: ArrayLike<number>, folds: Int32Array): number[] {
  return [...new Set(folds)]
    .sort((a, b) => a - b)
    .map((fold) => {
      const { test } = foldRows(folds, fold);
      return rocAuc(labelsOf(y, test), labelsOf(scores, test));
    });
}
