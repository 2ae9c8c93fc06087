import { quantile } from '../../../learning/evaluation/metrics/index.js';
import { argmax } from '../../../learning/numeric/statistics/argmax.js';
import { outOfScopeClass } from '../prediction/decision.js';
import type { Fold, PreparedData } from '../data/examples.js';
import type { ScoredExample } from './engine.js';

/** Growths outside are taken for noise of a small set. */
const [LEAST, MOST] = [1, 1.5];

/** The fold with its sides exchanged: fitted on what it validates. */
export const reversed = ({ fit, validation }: Fold): Fold => ({ fit: validation, validation: fit });

/**
 * Whether `logitGrowth` is defined: several folds, each with messages, and a threshold that it is for. Relative to a class
 * for out-of-scope messages the logits of the least sure messages are about 0 and do not grow.
 */
export const measuresGrowth = ({
  classes,
  folds,
  multiLabel,
}: Pick<PreparedData, 'classes' | 'folds' | 'multiLabel'>): boolean =>
  !multiLabel &&
  outOfScopeClass(classes) < 0 &&
  folds.length > 2 &&
  folds.every(({ fit, validation }) => fit.length > 0 && validation.length > 0);

const medianLogit = (rows: readonly ScoredExample[]): number =>
  quantile(Float64Array.from(rows, ({ scores }) => scores[argmax(scores)]!).sort(), 0.5);

/** Validation scores by models of two sizes. */
export interface ScoresBySize {
  /** Of the messages that each fold validates. */
  readonly folds: readonly ScoredExample[];
  /** Of those that each fold fits, by models of the messages that it validates. */
  readonly reversedFolds: readonly ScoredExample[];
}

/**
 * The factor by which highest logits of unseen messages are larger under a model of all messages than under the folds'
 * models, which know fewer. Their median is extrapolated as a power of the number of messages from the two sizes
 * (K − 1) / K and 1 / K of the set. With few messages an intent it is 1.1 to 1.2
 * (docs/experiments/text-classification.md#few-messages).
 */
export function logitGrowth(scores: ScoresBySize, { folds }: Pick<PreparedData, 'folds'>): number {
  const [large, small] = [medianLogit(scores.folds), medianLogit(scores.reversedFolds)];
  const k = folds.length;
  const exponent = Math.log(k / (k - 1)) / Math.log(k - 1);
  const growth = (large / small) ** exponent;
  return large > 0 && small > 0 ? Math.min(MOST, Math.max(LEAST, growth)) : LEAST;
}
