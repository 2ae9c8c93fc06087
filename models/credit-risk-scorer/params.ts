import { z } from 'zod';
import type { SearchDimension } from '../../contracts/model-definition.js';
import { calibrationKinds } from '../../learning/evaluation/calibration/calibration.js';

/** Number of trees times learning rate of the default: constant whatever the number of trees. */
const TOTAL_STEP = 10;

/** One setting: its depth, number of trees and sampling belong together. */
const RECOMMENDED = { maxDepth: 3, nEstimators: 400, subsample: 0.7, colsampleByTree: 0.5 };

const share = z.number().gt(0).max(1);

/**
 * Hyper-parameters as the command line names them (`--max-depth`); the trees' meanings are XGBoost's. The defaults are
 * the recommended setting of the weekly run, one for every line (docs/experiments/credit.md).
 */
export const params = z.strictObject({
  /** Splits from root to leaf. Deeper trees find interactions and memorise small data. @default 3 */
  maxDepth: z.int().min(1).max(16).default(RECOMMENDED.maxDepth).describe('splits from root to leaf'),
  /** Trees. @default 400 */
  nEstimators: z.int().min(1).max(5000).default(RECOMMENDED.nEstimators).describe('trees'),
  /** Share of each tree's step that is taken (XGBoost's eta). @default null = 10 / nEstimators, at most 0.3 */
  learningRate: z
    .number()
    .gt(0)
    .max(1)
    .nullable()
    .default(null)
    .describe("share of each tree's step that is taken (eta); null = 10 / trees: 0.025 at 400, 0.1 at 100"),
  /** L2 penalty on leaf values. @default 1 */
  lambda: z.number().nonnegative().default(1).describe('L2 penalty on leaf values'),
  /** L1 penalty on leaf values. @default 0 */
  alpha: z.number().nonnegative().default(0).describe('L1 penalty on leaf values'),
  /** A split must lower the loss by at least this. @default 0 */
  gamma: z.number().nonnegative().default(0).describe('least fall of the loss that allows a split'),
  /** Least sum of hessians in a child, at most a quarter of its rows. @default 1 */
  minChildWeight: z.number().nonnegative().default(1).describe('least sum of hessians in a child'),
  /**
   * Share of rows, drawn anew for each tree, that it learns from.
   * @default null = 0.7 at the recommended depth and number of trees, else 1
   */
  subsample: share.nullable().default(null).describe('share of rows a tree learns from; null = 0.7 as recommended'),
  /**
   * Share of columns, drawn anew for each tree, that it may split on.
   * @default null = 0.5 at the recommended depth and number of trees, else 1
   */
  colsampleByTree: share
    .nullable()
    .default(null)
    .describe('share of columns a tree may split on; null = 0.5 as recommended'),
  /** How margins become probabilities, fitted on cross-fitted rows. @default 'auto' = chosen by cross-fitted log loss */
  calibration: z
    .enum(['auto', ...calibrationKinds])
    .default('auto')
    .describe('how scores become probabilities: auto, beta, isotonic, none'),
  /** Share of applications that is approved when fairness is judged. @default 0.7 */
  approvalRate: z.number().gt(0).max(1).default(0.7).describe('share approved when fairness is judged'),
  /** Whether protected attributes are features; only for studies of the effect of leaving them out. @default false */
  includeProtected: z.boolean().default(false).describe('learn from protected attributes too (for studies)'),
  /** Mitigation of unequal approval rates during training. @default 'none' */
  fairness: z
    .enum(['none', 'reweighing', 'penalty'])
    .default('none')
    .describe('mitigation of unequal approval: none, reweighing, penalty'),
  /** Strength of the mitigation; 1 is the usual amount of either kind. @default 1 */
  fairnessStrength: z.number().nonnegative().max(100).default(1).describe('how far the mitigation goes, 1 = usual'),
  /** How declined applications take part. @default 'none' */
  rejectInference: z
    .enum(['none', 'fuzzy', 'parcelling'])
    .default('none')
    .describe('how declined applications take part: none, fuzzy, parcelling'),
  /** Odds of default of declined applications, relative to those of their score. @default 2 */
  rejectOddsFactor: z
    .number()
    .gt(0)
    .max(20)
    .default(2)
    .describe('odds of default of declined applications relative to their score'),
  /**
   * Share of the inputs that a request must bring; below it the model abstains.
   * @default null = as few as the emptiest training row had, at most 0.8
   */
  minimumKnownShare: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(null)
    .describe('share of inputs that an answer needs (as in training)'),
});
export type CreditParams = z.infer<typeof params>;

/** Learning rate: as given, else the total step divided by the number of trees, at most 0.3. */
export const stepOf = ({ learningRate, nEstimators }: CreditParams): number =>
  learningRate ?? Math.min(0.3, TOTAL_STEP / nEstimators);

/**
 * Shares of rows and columns of each tree: as given, else those of the recommended setting. With another depth or number
 * of trees all rows and columns are used, as in the specification's trees (depth 6, 100 trees).
 */
export function samplingOf(given: CreditParams): { readonly subsample: number; readonly colsample: number } {
  const isRecommended = given.maxDepth === RECOMMENDED.maxDepth && given.nEstimators === RECOMMENDED.nEstimators;
  const standard = isRecommended ? RECOMMENDED : { subsample: 1, colsampleByTree: 1 };
  return {
    subsample: given.subsample ?? standard.subsample,
    colsample: given.colsampleByTree ?? standard.colsampleByTree,
  };
}

/** Search space of hyper-parameter tuning, recommended for tables of this size. */
export const searchSpace: Readonly<Record<string, SearchDimension>> = {
  maxDepth: { minimum: 2, maximum: 6, scale: 'integer' },
  nEstimators: { minimum: 100, maximum: 800, scale: 'integer' },
  learningRate: { minimum: 0.01, maximum: 0.2, scale: 'log' },
  lambda: { minimum: 0.1, maximum: 20, scale: 'log' },
  minChildWeight: { minimum: 0.5, maximum: 20, scale: 'log' },
  subsample: { minimum: 0.5, maximum: 1, scale: 'linear' },
  colsampleByTree: { minimum: 0.3, maximum: 1, scale: 'linear' },
};
