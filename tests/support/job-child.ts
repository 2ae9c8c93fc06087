import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { PipelineError } from '../../contracts/errors.js';
import type { JobExecutor } from '../../platform/child-process/protocol.js';
import { serveJobs } from '../../platform/child-process/serve.js';

const waiting: JobExecutor = async (_request, { signal }) => {
  await sleep(60_000, undefined, { signal });
  return null;
};

/** One job for each behaviour: result, progress, errors and waiting. */
const jobs: Readonly<Record<string, JobExecutor>> = {
  echo: async ({ input }) => input,
  progress: async (_request, { onProgress }) => {
    for (let done = 0; done <= 3; done++) onProgress({ stage: 'counting', done, total: 3 });
    return process.pid;
  },
  refuse: async () => {
    throw new PipelineError('TOO_FEW_ROWS', 'found 3 rows, wanted 100', { found: 3, wanted: 100 });
  },
  fault: async () => {
    throw new TypeError('cannot read a property of undefined');
  },
  wait: waiting,
  'report-and-wait': async (request, context) => {
    context.onProgress({ stage: 'waiting', done: process.pid, total: 0 });
    return waiting(request, context);
  },
  spin: async (_request, { onProgress }) => {
    onProgress({ stage: 'spinning', done: process.pid, total: 0 });
    for (;;);
  },
  exit: async () => {
    process.stderr.write('the last words\n');
    return process.exit(7);
  },
  heap: async () => {
    const hoard: string[][] = [];
    for (;;) hoard.push(Array.from({ length: 10_000 }, (_, i) => `${hoard.length} ${i}`));
  },
  arrays: async (_request, { onProgress }) => {
    const hoard: Float64Array[] = [];
    for (;;) {
      hoard.push(new Float64Array(2 ** 20).fill(hoard.length + 1));
      onProgress({ stage: 'hoarding', done: 1, total: 1 });
    }
  },
  /** Never yields and reports nothing, so that only the parent can see its memory. */
  'silent-arrays': async () => {
    const hoard: Float64Array[] = [];
    for (;;) hoard.push(new Float64Array(2 ** 20).fill(hoard.length + 1));
  },
  /** Joins a control group whose memory limit the kernel enforces. @param input - the group's `cgroup.procs`. */
  'beyond-group': async ({ input }) => {
    appendFileSync(input as string, String(process.pid));
    const hoard: Float64Array[] = [];
    for (;;) hoard.push(new Float64Array(2 ** 20).fill(hoard.length + 1));
  },
  /** As native code ends when an allocation fails. */
  'failed-allocation': async () => {
    process.stderr.write("terminate called after throwing an instance of 'std::bad_alloc'\n");
    return process.abort();
  },
  killed: async () => {
    process.kill(process.pid, 'SIGKILL');
    await sleep(60_000);
  },
};

/** The same table runs inline and, when this file is the entry, in a child. */
export const sampleJobs: JobExecutor = (request, context) => {
  const job = jobs[request.job];
  if (job === undefined) throw new PipelineError('INVALID_INPUT', `no job ${request.job}`);
  return job(request, context);
};

if (process.send !== undefined && process.argv[1]?.includes('job-child')) serveJobs(sampleJobs);
