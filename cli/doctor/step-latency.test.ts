import { expect, it } from 'vitest';
import { adviceFor, describeLatency } from './step-latency.js';

const latency = { steps: 40, totalMs: 812, medianMs: 19.6, eager: true };

it('describes the steps of a fast server without advice', () => {
  expect(describeLatency(latency)).toBe('40 steps took 0.8 s, median 20 ms');
  expect(adviceFor(latency)).toBe('');
});

it('advises a slow server all three settings', () => {
  const slow = { ...latency, medianMs: 100, eager: false };
  expect(describeLatency(slow)).toContain('none eager');
  expect(adviceFor(slow)).toContain(
    'history.transferProcessorMaxPollRPS=1000, history.timerProcessorMaxPollRPS=1000, system.enableActivityEagerExecution=true',
  );
});

it('advises a distant server with eager steps about its polls only', () => {
  expect(adviceFor({ ...latency, medianMs: 80 })).not.toContain('eager');
});
