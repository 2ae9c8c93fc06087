import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contracts/errors.js';
import type { JobOptions, JobRequest, JobRunner } from '../platform/child-process/job.js';
import { compute, heartbeating } from './run-job.js';

const input = { modelName: 'credit-risk-scorer', artefactHash: 'a'.repeat(64) };
const config = { trainingMemoryMb: 321 };

/** Lends the options of the one job to the test and answers with what it says. */
function runnerOf(work: (request: JobRequest, options: JobOptions) => Promise<unknown>): JobRunner {
  return { run: work };
}

describe('compute', () => {
  it('passes job, input and memory limit on and parses what comes back', async () => {
    const environment = new MockActivityEnvironment();
    const runner = runnerOf(async (request, { memoryMb }) => {
      expect(request).toEqual({ job: 'smokeTest', input });
      expect(memoryMb).toBe(321);
      return Promise.resolve({ passed: true, finding: 'fine' });
    });
    const answer = await environment.run(() => compute({ runner, config }, 'smokeTest', input));
    expect(answer).toEqual({ passed: true, finding: 'fine' });
    const wrong = runnerOf(() => Promise.resolve({ passed: 'yes' }));
    await expect(
      new MockActivityEnvironment().run(() => compute({ runner: wrong, config }, 'smokeTest', input)),
    ).rejects.toThrow();
  });

  it('heartbeats the progress of the job', async () => {
    const environment = new MockActivityEnvironment();
    const beats: unknown[] = [];
    environment.on('heartbeat', (details) => beats.push(details));
    const runner = runnerOf((_request, { onProgress }) => {
      onProgress({ stage: 'boosting', done: 41, total: 100 });
      return Promise.resolve({ passed: true, finding: '' });
    });
    await environment.run(() => compute({ runner, config }, 'smokeTest', input));
    expect(beats).toEqual([{ stage: 'boosting', done: 41, total: 100 }]);
  });

  it('beats while the work is silent', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 40 });
    const beat = new Promise((resolve) => environment.on('heartbeat', resolve));
    await environment.run(() => heartbeating(() => beat));
  });

  it('tells the job of a cancellation', async () => {
    const environment = new MockActivityEnvironment();
    const runner = runnerOf(
      (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new PipelineError('CANCELLED', 'stopped')));
          environment.cancel();
        }),
    );
    await expect(environment.run(() => compute({ runner, config }, 'smokeTest', input))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
