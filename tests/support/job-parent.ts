import { join } from 'node:path';
import { createChildProcessRunner } from '../../platform/child-process/runner.js';
import { projectRoot } from '../../platform/project.js';

/* Runs a job that waits, prints the child's process id and is then killed by the test. */
const runner = createChildProcessRunner({ entry: join(projectRoot, 'tests/support/job-child.ts') });
await runner.run(
  { job: 'report-and-wait', input: null },
  {
    signal: new AbortController().signal,
    onProgress: ({ done }) => void process.stdout.write(`${done}\n`),
    memoryMb: 256,
  },
);
