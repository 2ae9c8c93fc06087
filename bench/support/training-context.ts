import type { TrainContext } from '../../contracts/model-definition.js';
import { quietContext } from '../../learning/estimator.js';

/** The context of a training outside the pipeline: no checkpoint, champion, shard or encoder unless given. */
export const trainingContext = (seed: number, given: Partial<TrainContext> = {}): TrainContext => ({
  ...quietContext(seed),
  checkpoint: { load: () => Promise.resolve(null), save: () => Promise.resolve() },
  champion: null,
  shards: [],
  encoder: () => Promise.resolve(null),
  ...given,
});
