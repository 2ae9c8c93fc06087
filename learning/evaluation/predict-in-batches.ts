import type { ComputeContext, Predictor } from '../../contracts/model-definition.js';

/** Rows in one call of the predictor while a holdout is scored; bounds memory and lets cancellation through. */
const BATCH_ROWS = 4096;

/**
 * Answers of a whole holdout, through the predictor that serves.
 * @param inputs - (n,), parsed.  @returns (n,) in the same order.
 */
export async function predictInBatches<Input, Output>(
  predictor: Pick<Predictor<Input, Output>, 'predict'>,
  inputs: readonly Input[],
  context: ComputeContext,
  batchRows = BATCH_ROWS,
): Promise<Output[]> {
  const outputs: Output[] = [];
  for (let start = 0; start < inputs.length; start += batchRows) {
    context.signal.throwIfAborted();
    for (const output of await predictor.predict(inputs.slice(start, start + batchRows))) outputs.push(output);
    context.onProgress({ stage: 'scoring', done: outputs.length, total: inputs.length });
  }
  return outputs;
}
