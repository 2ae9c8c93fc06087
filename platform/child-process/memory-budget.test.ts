import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { jobOptions } from '../../tests/support/check-job-runner.js';
import { projectRoot } from '../project.js';
import { sharedMemoryBudget } from './memory-budget.js';
import { createChildProcessRunner } from './runner.js';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'ml-memory-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const never = new AbortController().signal;
const silent = (): void => undefined;
const reservations = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.json'));

it('reserves what fits and lets others wait until memory is released', async () => {
  const [here, elsewhere] = [sharedMemoryBudget(folder, 1000), sharedMemoryBudget(folder, 1000)];
  const first = await here.reserve(600, never, silent);
  expect(await here.reserve(400, never, silent)).not.toBeNull();
  const events: string[] = [];
  const waiting = elsewhere
    .reserve(600, never, () => {
      events.push('waits');
      first?.release();
    })
    .then(() => events.push('reserved'));
  await waiting;
  expect(events).toEqual(['waits', 'reserved']);
  expect(reservations()).toHaveLength(2);
});

it('returns null when the signal aborts while it waits', async () => {
  const budget = sharedMemoryBudget(folder, 1000);
  await budget.reserve(1000, never, silent);
  const controller = new AbortController();
  expect(await budget.reserve(1, controller.signal, () => controller.abort())).toBeNull();
  expect(await budget.reserve(1, AbortSignal.abort(), silent)).toBeNull();
});

it('counts an idle process at what it may use, and lets a job larger than the budget run alone', async () => {
  const budget = sharedMemoryBudget(folder, 1000);
  const large = await budget.reserve(5000, never, silent);
  large?.shrink(300);
  expect(await budget.reserve(700, never, silent)).not.toBeNull();
});

it('does not count processes that have ended, nor files that were cut', async () => {
  writeFileSync(join(folder, 'a.json'), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: 'once', mb: 1000 }));
  writeFileSync(join(folder, 'b.json'), '{"pid":');
  expect(await sharedMemoryBudget(folder, 1000).reserve(1000, never, silent)).not.toBeNull();
  expect(reservations()).toHaveLength(1);
});

it('starts a job of a runner when its memory fits, and says that it waits', async () => {
  const entry = join(projectRoot, 'tests/support/job-child.ts');
  const runner = createChildProcessRunner({ entry, memory: sharedMemoryBudget(folder, 600) });
  const stop = new AbortController();
  const running = runner.run({ job: 'wait', input: null }, jobOptions({ memoryMb: 512, signal: stop.signal }));
  await expect.poll(reservations).toHaveLength(1);
  const stages: string[] = [];
  const second = runner.run(
    { job: 'echo', input: 'done' },
    jobOptions({
      memoryMb: 512,
      onProgress: ({ stage }) => {
        stages.push(stage);
        stop.abort();
      },
    }),
  );
  await expect(running).rejects.toMatchObject({ code: 'CANCELLED' });
  expect(await second).toBe('done');
  expect(stages).toEqual(['waiting for memory']);
  expect(reservations()).toEqual([]);
});
