import { fitShardInput, fittedShard } from '../contracts/activities.js';
import { frozenHoldout } from '../contracts/dataset.js';
import { PipelineError } from '../contracts/errors.js';
import { findModel } from '../models/catalogue.js';
import { loadDivided } from './holdout-parts.js';
import { defineJob } from '../platform/child-process/define-job.js';
import { stepsOf } from '../platform/child-process/report-step.js';

/** Computes one shard on the rows outside the holdout and stores it under its hash, so a repeated attempt changes nothing. */
export const fitShard = defineJob({
  input: fitShardInput.omit({ cache: true }).extend({ holdout: frozenHoldout }),
  output: fittedShard,
  async run(input, { blobs, signal, onProgress }) {
    const { modelName, seed, shard, params } = input;
    await stepsOf({ signal, onProgress })('reading rows', 0, 1);
    const model = await findModel(modelName);
    if (model.shards === undefined)
      throw new PipelineError('INVALID_INPUT', `${modelName} does its work in one piece`, { modelName });
    const { train } = await loadDivided(blobs, model, input);
    return blobs.put(await model.shards.fit({ seed, signal, onProgress }, train, params, shard));
  },
});
