import { createRandom } from '../../numeric/random/index.js';

/** Batches sorted by length together: large enough to be random, small enough to leave little filling. */
const POOLED_BATCHES = 32;

export interface BatchOptions {
  readonly batchSize: number;
  readonly seed: number;
  readonly epoch: number;
}

/**
 * Divides an epoch into batches of like length, in random order. Depends on seed and epoch alone, so that a resumed
 * training sees the batches it would have seen.
 */
export function batchesOf(lengths: ArrayLike<number>, { batchSize, seed, epoch }: BatchOptions): readonly number[][] {
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

/** Linear from 0 to 1 over the warm-up, then linear to 0. @param step - 0 for the first. */
export function rateFactor(step: number, total: number, warmup: number): number {
  const rising = Math.max(1, Math.round(total * warmup));
  return step < rising ? (step + 1) / rising : Math.max(0, (total - step) / Math.max(1, total - rising));
}
