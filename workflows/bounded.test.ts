import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapBounded } from './bounded.js';

describe('mapBounded', () => {
  it('keeps the order and never runs more than the limit at once', async () => {
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

  it('rejects with the first fault', async () => {
    const work = (n: number): Promise<number> => (n === 2 ? Promise.reject(new Error('two')) : Promise.resolve(n));
    await expect(mapBounded([1, 2, 3], 2, work)).rejects.toThrow('two');
  });
});
