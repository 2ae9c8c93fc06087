import { describe, expect, it } from 'vitest';
import type { JobOptions, JobProgress, JobRunner } from '../../platform/child-process/job.js';

/** Options of a job that is not cancelled. */
export const jobOptions = (changes: Partial<JobOptions> = {}): JobOptions => ({
  signal: new AbortController().signal,
  onProgress: () => undefined,
  memoryMb: 512,
  graceMs: 300,
  ...changes,
});

/** The contract of every job runner, tested with the jobs of job-child.ts. */
export function checkJobRunner(name: string, runner: JobRunner): void {
  describe(`${name} as a job runner`, () => {
    it('returns the job’s result as JSON', async () => {
      const input = { rows: [1, 2.5, null], nested: { text: 'ä|\n' } };
      expect(await runner.run({ job: 'echo', input }, jobOptions())).toEqual(input);
    });

    it('forwards progress, including the last step', async () => {
      const seen: JobProgress[] = [];
      await runner.run({ job: 'progress', input: null }, jobOptions({ onProgress: (step) => void seen.push(step) }));
      expect(seen.at(-1)).toEqual({ stage: 'counting', done: 3, total: 3 });
    });

    it('preserves code, message and details of a PipelineError', async () => {
      await expect(runner.run({ job: 'refuse', input: null }, jobOptions())).rejects.toMatchObject({
        name: 'PipelineError',
        code: 'TOO_FEW_ROWS',
        message: 'found 3 rows, wanted 100',
        details: { found: 3, wanted: 100 },
      });
    });

    it('reports an unexpected error as INTERNAL', async () => {
      await expect(runner.run({ job: 'fault', input: null }, jobOptions())).rejects.toMatchObject({
        code: 'INTERNAL',
        message: 'cannot read a property of undefined',
      });
    });

    it('refuses a job that is already cancelled, and stops a waiting job on cancellation', async () => {
      const early = new AbortController();
      early.abort();
      const options = { signal: early.signal };
      await expect(runner.run({ job: 'echo', input: 1 }, jobOptions(options))).rejects.toMatchObject({
        code: 'CANCELLED',
      });
      const signal = AbortSignal.timeout(400);
      await expect(runner.run({ job: 'wait', input: null }, jobOptions({ signal }))).rejects.toMatchObject({
        code: 'CANCELLED',
      });
    });
  });
}
