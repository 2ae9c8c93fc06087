import { checkFit, defineEstimator, type FitInputs, requireWidth } from '../../estimator.js';
import type { Matrix } from '../../numeric/matrix/index.js';
import { boost, boostRounds, type BoostingRounds } from './boosting.js';
import { linkOf } from './objectives.js';
import { gradientBoostingParams, type GradientBoostingParams } from './params.js';
import type { GradientBoostingState } from './state.js';
import { addTree, type RegressionTree } from './tree.js';

/**
 * The sum of base and trees before the objective's link: for `logistic` the log-odds, else the prediction itself.
 * @param x - (m, featureCount), NaN is missing.  @returns (m,).
 * @throws PipelineError `SHAPE_MISMATCH`.
 */
export function predictMargin(state: GradientBoostingState, x: Matrix): Float64Array {
  requireWidth(x, state.featureCount);
  const narrow = Float32Array.from(x.values);
  const margin = new Float64Array(x.rows).fill(state.baseMargin);
  for (const tree of state.trees) addTree(tree, narrow, x.cols, margin);
  return margin;
}

const declaration = { name: 'gradient-boosting', params: gradientBoostingParams, missingAllowed: true } as const;

/**
 * The fit of {@link gradientBoosting}, one tree a step, so that the caller can keep the trees and continue from them.
 * @param grown - the first trees of the same fit: same rows, parameters and seed.
 * @throws PipelineError as `gradientBoosting.fit`, at the first step.
 */
export function* fitInRounds(params: unknown, inputs: FitInputs, grown: readonly RegressionTree[]): BoostingRounds {
  return yield* boostRounds(checkFit(declaration, params, inputs), inputs, grown);
}

/**
 * Gradient boosted decision trees with second-order gains and histograms of quantile bins, after Chen & Guestrin,
 * "XGBoost: A Scalable Tree Boosting System" (KDD 2016), following the semantics of XGBoost's `hist` method: float32
 * features and thresholds, `x < threshold` goes left, missing values in the direction that lowers the loss.
 *
 * Features may be NaN (missing), not infinite, and need no scaling. Context: `weights` (weight 2 = the row twice),
 * `validation` for early stopping, `signal` and progress each round. Same inputs, parameters and seed give the same
 * state bit for bit; without `subsample` and `colsample` the seed changes nothing.
 * Time O(trees · rows · features · depth / 2), memory O(rows · features) bytes.
 *
 * @throws PipelineError `INVALID_HYPERPARAMETERS`, `SHAPE_MISMATCH`, `NOT_FINITE` (label, infinite feature),
 * `INVALID_VALUE` (label other than 0 and 1), `SINGLE_CLASS`, `TOO_FEW_ROWS` (none).
 * @example
 * const state = gradientBoosting.fit({ maxDepth: 6, nEstimators: 100 }, x, y, quietContext(42));
 * const probability = gradientBoosting.predict(state, x);
 */
export const gradientBoosting = defineEstimator<GradientBoostingParams, GradientBoostingState>({
  ...declaration,
  /** @param x - (n, p).  @param y - (n,) labels 0 and 1 for `logistic`, else finite numbers in the target's unit. */
  fit: (params, x, y, context) => boost(params, { x, y, context }),
  /** @param x - (m, p).  @returns (m,) probability of label 1, or a number in the target's unit.  @throws PipelineError `SHAPE_MISMATCH`, `NOT_FINITE`. */
  predict: (state, x) => predictMargin(state, x).map(linkOf(state.objective)),
});
