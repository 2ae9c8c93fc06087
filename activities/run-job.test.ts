import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { PipelineError } from '../contracts/errors.js';
import type { JobOptions, JobRequest, JobRunner } from '../platform/child-process/job.js';
import { runJob, withHeartbeat } from './run-job.js';

const input = { modelName: 'credit-risk-scorer', artefactHash: 'a'.repeat(64) };
const config = { trainingMemoryMb: 321 };

/** A runner that computes with this function. */
function runnerOf(work: (request: JobRequest, options: JobOptions) => Promise<unknown>): JobRunner {
  return { run: work };
}

describe('runJob', () => {
  it('passes job, input and memory limit to the runner and parses the result', async () => {
    const environment = new MockActivityEnvironment();
    const runner = runnerOf(async (request, { memoryMb }) => {
      expect(request).toEqual({ job: 'smokeTest', input });
      expect(memoryMb).toBe(321);
      return Promise.resolve({ passed: true, finding: 'fine' });
    });
    const answer = await environment.run(() => runJob({ runner, config }, 'smokeTest', input));
    expect(answer).toEqual({ passed: true, finding: 'fine' });
    const wrong = runnerOf(() => Promise.resolve({ passed: 'yes' }));
    await expect(
      new MockActivityEnvironment().run(() => runJob({ runner: wrong, config }, 'smokeTest', input)),
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
    await environment.run(() => runJob({ runner, config }, 'smokeTest', input));
    expect(beats).toEqual([{ stage: 'boosting', done: 41, total: 100 }]);
  });

  it('heartbeats while the job reports no progress', async () => {
    const environment = new MockActivityEnvironment({ heartbeatTimeoutMs: 40 });
    const beat = new Promise((resolve) => environment.on('heartbeat', resolve));
    await environment.run(() => withHeartbeat(() => beat));
  });

  it('aborts the signal of the job on cancellation', async () => {
    const environment = new MockActivityEnvironment();
    const runner = runnerOf(
      (_request, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new PipelineError('CANCELLED', 'stopped')));
          environment.cancel();
        }),
    );
    await expect(environment.run(() => runJob({ runner, config }, 'smokeTest', input))).rejects.toMatchObject({
      code: 'CANCELLED',
    });
  });
});
