import { expect, it, vi } from 'vitest';
import { restart } from './restart.js';

vi.mock('./sleep.js', () => ({
  sleep: (milliseconds: number, { aborted }: AbortSignal) => (pauses.push(milliseconds), Promise.resolve(!aborted)),
}));
const pauses: number[] = [];

it('starts again after pauses that double while runs are short, until it is aborted', async () => {
  const stop = new AbortController();
  const now = vi.spyOn(performance, 'now');
  let [clock, runs] = [0, 0];
  now.mockImplementation(() => clock);
  const lengths = [1, 1, 1, 1, 90, 1];
  const run = (): Promise<boolean> => {
    clock += lengths[runs]!;
    runs += 1;
    if (runs === lengths.length) stop.abort();
    return Promise.resolve(true);
  };
  await restart(run, { firstPauseMs: 10, longestPauseMs: 60, signal: stop.signal });
  now.mockRestore();
  expect(runs).toBe(6);
  expect(pauses).toEqual([20, 40, 60, 60, 10, 20]);
});

it('ends with a run that is not to be repeated', async () => {
  const run = vi.fn(() => Promise.resolve(false));
  await restart(run, { firstPauseMs: 1, longestPauseMs: 2, signal: new AbortController().signal });
  expect(run).toHaveBeenCalledTimes(1);
});
