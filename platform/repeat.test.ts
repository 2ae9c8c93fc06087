import { expect, it } from 'vitest';
import { repeat } from './repeat.js';

it('goes on after failures, and tells of the first one and of the first success after it', async () => {
  const ending = new AbortController();
  const outcomes = [true, false, false, true, true];
  const told: (string | null)[] = [];
  let times = 0;
  await repeat(
    () => {
      const succeeds = outcomes[times++];
      if (times === outcomes.length) ending.abort();
      return succeeds ? Promise.resolve() : Promise.reject(new Error('away'));
    },
    { everyMs: 1, longestPauseMs: 4, signal: ending.signal, onChange: (reason) => told.push(reason) },
  );
  expect(times).toBe(5);
  expect(told).toEqual(['away', null]);
});
