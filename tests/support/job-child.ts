import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../../contracts/errors.js';
import { type JobExecutor } from '../../platform/child-process/protocol.js';
import { serveJobs } from '../../platform/child-process/serve.js';

/** Jobs that do each thing a job can do; the same table runs inline and, when this file is the entry, in a child. */
export const sampleJobs: JobExecutor = async ({ job, input }, { signal, onProgress }) => {
  switch (job) {
    case 'echo':
      return input;
    case 'progress':
      for (let done = 0; done <= 3; done++) onProgress({ stage: 'counting', done, total: 3 });
      return process.pid;
    case 'refuse':
      throw new PipelineError('TOO_FEW_ROWS', 'found 3 rows, wanted 100', { found: 3, wanted: 100 });
    case 'fault':
      throw new TypeError('cannot read a property of undefined');
    case 'wait':
      await sleep(60_000, undefined, { signal });
      return null;
    case 'report-and-wait':
      onProgress({ stage: 'waiting', done: process.pid, total: 0 });
      await sleep(60_000, undefined, { signal });
      return null;
    case 'spin':
      onProgress({ stage: 'spinning', done: process.pid, total: 0 });
      for (;;);
    case 'exit':
      process.stderr.write('the last words\n');
      return process.exit(7);
    case 'heap': {
      const hoard: string[][] = [];
      for (;;) hoard.push(Array.from({ length: 10_000 }, (_, i) => `${hoard.length} ${i}`));
    }
    case 'arrays': {
      const hoard: Float64Array[] = [];
      for (let done = 0; ; done++) {
        hoard.push(new Float64Array(2 ** 20).fill(done + 1));
        onProgress({ stage: 'hoarding', done: 1, total: 1 });
      }
    }
    default:
      throw new PipelineError('INVALID_INPUT', `no job ${job}`);
  }
};

if (process.send !== undefined && process.argv[1]?.includes('job-child')) serveJobs(sampleJobs);
