import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapBounded } from './bounded.js';

describe('mapBounded', () => {
  it('keeps the order of the items and runs at most `limit` at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(4), { maxLength: 20 }), fc.integer({ min: 1, max: 6 }), async (waits, limit) => {
        let running = 0;
        let most = 0;
        const results = await mapBounded(waits, limit, async (wait) => {
          most = Math.max(most, ++running);
          for (let i = 0; i < wait; i++) await Promise.resolve();
          running--;
          return wait * 2;
        });
        expect(results).toEqual(waits.map((wait) => wait * 2));
        expect(most).toBeLessThanOrEqual(Math.min(limit, waits.length));
        if (waits.length >= limit && waits.every((wait) => wait > 0)) expect(most).toBe(limit);
      }),
    );
  });

  it('starts nothing more after a rejection and waits for running items', async () => {
    const ended: number[] = [];
    const started: number[] = [];
    const work = async (n: number): Promise<void> => {
      started.push(n);
      for (let i = 0; i < n * 5; i++) await Promise.resolve();
      if (n === 1) throw new Error('one');
      ended.push(n);
    };
    await expect(mapBounded([1, 4, 9, 9], 2, work)).rejects.toThrow('one');
    expect([started, ended]).toEqual([[1, 4], [4]]);
  });

  it('rejects with the first error', async () => {
    const work = (n: number): Promise<number> => (n === 2 ? Promise.reject(new Error('two')) : Promise.resolve(n));
    await expect(mapBounded([1, 2, 3], 2, work)).rejects.toThrow('two');
  });
});
