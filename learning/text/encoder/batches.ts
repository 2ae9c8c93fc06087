import { createRandom } from '../../numeric/random/index.js';

/** Batches that are sorted by length together: more give less padding, fewer more randomness. */
const POOLED_BATCHES = 32;

export interface BatchOptions {
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
}

/**
 * Batches of one epoch: sequences of similar length together, batches in random order. Depends on seed and epoch only,
 * so a resumed training sees the same batches.
 * @param lengths - (n,) in pieces.  @returns indices per batch.
 */
export function epochBatches(
  lengths: ArrayLike<number>,
  { batchSize, seed, epoch }: BatchOptions,
): readonly number[][] {
  const random = createRandom(seed).fork(`epoch ${epoch}`);
  const order = random.permutation(lengths.length);
  const batches: number[][] = [];
  for (let from = 0; from < order.length; from += batchSize * POOLED_BATCHES) {
    const pool = order.slice(from, from + batchSize * POOLED_BATCHES);
    pool.sort((a, b) => lengths[a]! - lengths[b]! || a - b);
    for (let at = 0; at < pool.length; at += batchSize) batches.push([...pool.subarray(at, at + batchSize)]);
  }
  return random.shuffle(batches);
}

/**
 * Factor of the learning rate: linear warm-up from 0 to 1, then linear decay to 0 (Devlin et al. 2019).
 * @param step - from 0.  @param warmup - share of the steps.
 */
export function scheduleFactor(step: number, total: number, warmup: number): number {
  const warmupSteps = Math.max(1, Math.round(total * warmup));
  return step < warmupSteps ? (step + 1) / warmupSteps : Math.max(0, (total - step) / Math.max(1, total - warmupSteps));
}
