import { expect, it } from 'vitest';
import { createCpuClock } from './cpu-clock.js';

it('shows the CPU that the process has used, read as often as the caller needs', () => {
  let [at, reads] = [0, 0];
  const usage = () => ({ user: 1000 * at, system: 500 * ++reads });
  const clock = createCpuClock({ now: () => at, usage });
  expect([clock(), clock()]).toEqual([0.5, 0.5]);
  at = 19;
  expect(clock()).toBe(0.5);
  expect([clock(5), reads]).toEqual([20, 2]);
  at = 39;
  expect([clock(), reads]).toEqual([40.5, 3]);
});

it('moves with work by default', () => {
  const clock = createCpuClock();
  const before = clock();
  const end = performance.now() + 30;
  while (performance.now() < end) continue;
  expect(clock()).toBeGreaterThan(before);
});
