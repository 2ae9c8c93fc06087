import { z } from 'zod';

/** Hyper-parameters under XGBoost's meaning; where the names differ, XGBoost's stands in brackets. */
export const gradientBoostingParams = z.strictObject({
  /**
   * The loss: `logistic` learns the probability of label 1, `squared` the mean of a number, `quantile` its `quantile`.
   * @default 'logistic'
   */
  objective: z.enum(['logistic', 'squared', 'quantile']).default('logistic'),
  /** Which quantile the objective of this name learns (quantile_alpha). @default 0.5 */
  quantile: z.number().gt(0).lt(1).default(0.5),
  /** Trees (n_estimators). More trees fit closer; too many overfit. @default 100 */
  nEstimators: z.int().min(1).max(10_000).default(100),
  /** Splits from root to leaf; a tree has up to 2^maxDepth leaves. @default 6 */
  maxDepth: z.int().min(1).max(16).default(6),
  /** Share of each tree's step that is taken (learning_rate). Smaller needs more trees. @default 0.1 */
  eta: z.number().gt(0).max(1).default(0.1),
  /** L2 penalty on leaf values (reg_lambda). @default 1 */
  lambda: z.number().nonnegative().default(1),
  /** L1 penalty on leaf values (reg_alpha). @default 0 */
  alpha: z.number().nonnegative().default(0),
  /** A split must lower the loss by at least this (min_split_loss). @default 0 */
  gamma: z.number().nonnegative().default(0),
  /** Least sum of hessians in a child; for `logistic` about a quarter of its rows at most, else its rows. @default 1 */
  minChildWeight: z.number().nonnegative().default(1),
  /** Bins a feature is cut into; a feature with missing values has one less when 256. @default 256 */
  maxBins: z.int().min(2).max(256).default(256),
  /** Share of rows, drawn anew for each tree, that it learns from. @default 1 */
  subsample: z.number().gt(0).max(1).default(1),
  /** Share of features, drawn anew for each tree, that it may split on (colsample_bytree). @default 1 */
  colsample: z.number().gt(0).max(1).default(1),
  /** A feature each: 1 = prediction may only rise with it, -1 = only fall, 0 = free. @default [] (all free) */
  monotone: z.array(z.union([z.literal(-1), z.literal(0), z.literal(1)])).default([]),
  /** Stops when the validation loss has not fallen for so many trees, and keeps the best. @default null (never) */
  earlyStoppingRounds: z.int().positive().nullable().default(null),
});
export type GradientBoostingParams = z.infer<typeof gradientBoostingParams>;
