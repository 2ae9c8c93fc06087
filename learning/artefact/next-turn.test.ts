import { expect, it } from 'vitest';
import { atOnce, inTurns } from './next-turn.js';

function* counting(seen: string[]): Generator<void, number, void> {
  for (let step = 0; step < 3; step++) {
    seen.push(`step ${step}`);
    yield;
  }
  return 3;
}

it('takes each step in a turn of its own, in which others go on', async () => {
  const seen: string[] = [];
  const result = inTurns(counting(seen));
  setImmediate(() => seen.push('another'));
  expect(await result).toBe(3);
  expect(seen).toEqual(['step 0', 'step 1', 'another', 'step 2']);
});

it('takes all steps at once', () => {
  const seen: string[] = [];
  expect(atOnce(counting(seen))).toBe(3);
  expect(seen).toHaveLength(3);
});

it('rejects with what a step throws', async () => {
  function* failing(): Generator<void, never, void> {
    yield;
    throw new Error('unlucky');
  }
  await expect(inTurns(failing())).rejects.toThrow('unlucky');
});
