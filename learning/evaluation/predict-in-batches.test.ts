import { describe, expect, it } from 'vitest';
import { quietContext } from '../estimator.js';
import { predictInBatches } from './predict-in-batches.js';

const doubling = (sizes: number[]) => ({
  predict: (inputs: readonly number[]) => {
    sizes.push(inputs.length);
    return Promise.resolve(inputs.map((input) => 2 * input));
  },
});

describe('predictInBatches', () => {
  it('answers in order, in batches of at most the given size, and reports progress', async () => {
    const [sizes, done]: [number[], number[]] = [[], []];
    const context = { ...quietContext(1), onProgress: (progress: { done: number }) => done.push(progress.done) };
    expect(await predictInBatches(doubling(sizes), [1, 2, 3, 4, 5], context, 2)).toEqual([2, 4, 6, 8, 10]);
    expect(sizes).toEqual([2, 2, 1]);
    expect(done).toEqual([2, 4, 5]);
  });

  it('stops when it is cancelled, and does nothing for no inputs', async () => {
    const sizes: number[] = [];
    const context = { ...quietContext(1), signal: AbortSignal.abort() };
    await expect(predictInBatches(doubling(sizes), [1], context)).rejects.toThrow();
    expect(await predictInBatches(doubling(sizes), [], context)).toEqual([]);
    expect(sizes).toEqual([]);
  });
});
