import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import type { JobUsage } from '../../contracts/resource-usage.js';
import { checkJobRunner, jobOptions } from '../../tests/support/check-job-runner.js';
import { createMemoryGroup } from '../../tests/support/memory-group.js';
import { sampleJobs } from '../../tests/support/job-child.js';
import { projectRoot } from '../project.js';
import { createChildProcessRunner, createInlineRunner } from './runner.js';

const entry = join(projectRoot, 'tests/support/job-child.ts');
const runner = createChildProcessRunner({ entry, env: { SAMPLE: 'yes' } });

checkJobRunner('createInlineRunner', createInlineRunner(sampleJobs));
checkJobRunner('createChildProcessRunner', runner);
checkJobRunner('createChildProcessRunner that keeps idle processes', createChildProcessRunner({ entry, idleMs: 5000 }));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

async function until(condition: () => boolean, milliseconds: number): Promise<boolean> {
  const end = performance.now() + milliseconds;
  while (!condition() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  return condition();
}

describe('createChildProcessRunner', () => {
  it('runs a job in another process and ends that process afterwards', async () => {
    const pid = (await runner.run({ job: 'progress', input: null }, jobOptions())) as number;
    expect(pid).not.toBe(process.pid);
    expect(isAlive(pid)).toBe(false);
  });

  it('tells what a job used, also one that failed', async () => {
    const told: JobUsage[] = [];
    const options = jobOptions({ onUsage: (usage) => void told.push(usage) });
    await runner.run({ job: 'echo', input: 1 }, options);
    await runner.run({ job: 'refuse', input: null }, options).catch(() => undefined);
    expect(told).toHaveLength(2);
    for (const { cpuSeconds, peakMemoryMb } of told) {
      expect(cpuSeconds).toBeGreaterThan(0);
      expect(peakMemoryMb).toBeGreaterThan(10);
    }
  });

  it('reuses an idle process for the next job and ends it after the idle time', async () => {
    const reusing = createChildProcessRunner({ entry, idleMs: 500 });
    const pidOf = (): Promise<unknown> => reusing.run({ job: 'progress', input: null }, jobOptions());
    const first = (await pidOf()) as number;
    await expect(reusing.run({ job: 'refuse', input: null }, jobOptions())).rejects.toMatchObject({
      code: 'TOO_FEW_ROWS',
    });
    expect(await pidOf()).toBe(first);
    expect(await until(() => !isAlive(first), 5000)).toBe(true);
    expect(await pidOf()).not.toBe(first);
  });

  it('prefers the idle process whose last job read the same data', async () => {
    const reusing = createChildProcessRunner({ entry, idleMs: 2000 });
    const pidOf = (reads?: string): Promise<unknown> =>
      reusing.run({ job: 'progress', input: null }, jobOptions(reads === undefined ? {} : { reads }));
    const [a, b] = await Promise.all([pidOf('dataset a'), pidOf('dataset b')]);
    for (let i = 0; i < 2; i++) {
      expect(await pidOf('dataset b')).toBe(b);
      expect(await pidOf('dataset a')).toBe(a);
    }
    expect([a, b]).toContain(await pidOf('dataset c'));
    expect([a, b]).toContain(await pidOf());
  });

  it('runs concurrent jobs in separate processes and does not reuse a cancelled one', async () => {
    const reusing = createChildProcessRunner({ entry, idleMs: 2000 });
    const pidOf = (): Promise<unknown> => reusing.run({ job: 'progress', input: null }, jobOptions());
    const [a, b] = await Promise.all([pidOf(), pidOf()]);
    expect(a).not.toBe(b);
    const signal = AbortSignal.timeout(300);
    const waiting = { job: 'report-and-wait', input: null };
    let stopped = 0;
    const onProgress = ({ done }: { done: number }): void => void (stopped = done);
    await expect(reusing.run(waiting, jobOptions({ signal, onProgress }))).rejects.toMatchObject({ code: 'CANCELLED' });
    expect([a, b]).toContain(stopped);
    expect(isAlive(stopped)).toBe(false);
  });

  it('kills a job that never yields after the grace time', async () => {
    const controller = new AbortController();
    let pid = 0;
    const onProgress = ({ done }: { done: number }): void => {
      pid = done;
      controller.abort();
    };
    const run = runner.run({ job: 'spin', input: null }, jobOptions({ signal: controller.signal, onProgress }));
    await expect(run).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(pid).toBeGreaterThan(0);
    expect(isAlive(pid)).toBe(false);
  });

  it('reports a crash as retryable, with exit code and last output', async () => {
    await expect(runner.run({ job: 'exit', input: null }, jobOptions())).rejects.toMatchObject({
      code: 'CHILD_CRASHED',
      retryable: true,
      details: { job: 'exit', exitCode: 7, signal: null, output: ['the last words'] },
    });
  });

  it('reports a process that somebody killed as a crash, not as one that ran out of memory', async () => {
    await expect(runner.run({ job: 'killed', input: null }, jobOptions())).rejects.toMatchObject({
      code: 'CHILD_CRASHED',
      retryable: true,
      details: { signal: 'SIGKILL' },
    });
  });

  it.each(['heap', 'arrays', 'silent-arrays', 'failed-allocation'])(
    'stops a job that allocates too much (%s)',
    async (job) => {
      await expect(runner.run({ job, input: null }, jobOptions({ memoryMb: 200 }))).rejects.toMatchObject({
        code: 'CHILD_OUT_OF_MEMORY',
        retryable: false,
      });
    },
  );

  it('reports a process that the kernel killed for want of memory as out of memory', async ({ skip }) => {
    const group = createMemoryGroup(200);
    if (group === null) return skip('needs root and a writable control group file system');
    try {
      const options = jobOptions({ memoryMb: 8000 });
      await expect(runner.run({ job: 'beyond-group', input: group.procs }, options)).rejects.toMatchObject({
        code: 'CHILD_OUT_OF_MEMORY',
        retryable: false,
        details: { signal: 'SIGKILL' },
      });
    } finally {
      group.remove();
    }
  });

  it('ends the child when the parent process is killed', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', join(projectRoot, 'tests/support/job-parent.ts')], {
      cwd: projectRoot,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
    const pid = Number(line);
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    expect(await until(() => !isAlive(pid), 5000)).toBe(true);
  });
});
