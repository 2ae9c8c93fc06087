import type { TrainContext } from '../../contracts/model-definition.js';
import { quietContext } from '../../learning/estimator.js';
import { openBoostingFits } from '../../learning/tabular/gradient-boosting/index.js';
import type { FittingContext } from '../../models/credit-risk-scorer/training/fit-trees.js';

/** The context of a training outside the pipeline: no checkpoint, champion, shard or encoder unless given. */
export const trainingContext = (seed: number, given: Partial<TrainContext> = {}): TrainContext => ({
  ...quietContext(seed),
  checkpoint: { load: () => Promise.resolve(null), save: () => Promise.resolve(), isDue: () => false },
  champion: null,
  shards: [],
  encoder: () => Promise.resolve(null),
  ...given,
});

/** The context of fits outside a training, without checkpoints. */
export async function fittingContext(seed: number): Promise<FittingContext> {
  const context = trainingContext(seed);
  return { ...context, fits: await openBoostingFits(context.checkpoint) };
}
