import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identityOf, isRunning } from './processes/identity.js';
import { waitUntil } from './processes/wait.js';
import type { ServicePlan } from './service.js';
import type { PlatformPart } from './state.js';
import { pauseBefore, supervise } from './supervise.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-supervise-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const soon = { timeoutMs: 20_000, everyMs: 20 };

/** A service that runs one line of JavaScript; its ping succeeds once the script has written the file `ready`. */
const planOf = (script: string, changes: Partial<ServicePlan> = {}): ServicePlan => ({
  name: 'sample',
  version: '1',
  origin: 'test',
  where: folder,
  command: { file: process.execPath, args: ['-e', script], cwd: folder },
  stopSignal: 'SIGTERM',
  stopGraceMs: 300,
  readyWithinMs: 10_000,
  ping: (pid) => (readReady() === String(pid) ? Promise.resolve() : Promise.reject(new Error('not yet'))),
  ...changes,
});

const readReady = (): string => (existsSync(join(folder, 'ready')) ? readFileSync(join(folder, 'ready'), 'utf8') : '');
const ready = "require('fs').writeFileSync('ready', String(process.pid)); setInterval(() => {}, 1000);";
const options = (plan: ServicePlan, seen: PlatformPart[] = []) => ({
  plan,
  logFile: join(folder, 'sample.log'),
  onChange: (part: PlatformPart) => void seen.push(part),
  firstPauseMs: 20,
});

it('restarts a service that ends, and reports its exit with the last lines of its log', async () => {
  const seen: PlatformPart[] = [];
  const service = await supervise(options(planOf(`console.log('last words ' + process.pid); ${ready}`), seen));
  const first = seen.at(-1)!.process!;
  process.kill(first.pid, 'SIGKILL');
  expect(await waitUntil(() => seen.at(-1)!.restarts === 1 && seen.at(-1)!.status === 'running', soon)).toBe(true);
  expect(seen.map(({ status }) => status)).toEqual(['starting', 'running', 'restarting', 'restarting', 'running']);
  expect(seen.at(-1)!.lastCrash!.message).toContain(`was ended by SIGKILL`);
  expect(seen.at(-1)!.lastCrash!.message).toContain(`last words ${first.pid}`);
  const second = seen.at(-1)!.process!;
  await service.stop();
  expect(isRunning(second)).toBe(false);
  expect(seen.at(-1)).toMatchObject({ status: 'stopped', process: null });
});

it('retries a service that ends at every start', async () => {
  const seen: PlatformPart[] = [];
  const dies = `if (require('fs').existsSync('die')) process.exit(7); ${ready}`;
  const service = await supervise(options(planOf(dies), seen));
  writeFileSync(join(folder, 'die'), '');
  process.kill(seen.at(-1)!.process!.pid, 'SIGKILL');
  expect(await waitUntil(() => seen.at(-1)!.restarts >= 3, soon)).toBe(true);
  expect(seen.at(-1)!.lastCrash!.message).toContain('ended with exit code 7');
  rmSync(join(folder, 'die'));
  expect(await waitUntil(() => seen.at(-1)!.status === 'running', soon)).toBe(true);
  await service.stop();
});

it('rejects with SERVICE_CRASHED and the log when the first start ends early', async () => {
  const plan = planOf("console.error('port in use'); process.exit(3)");
  await expect(supervise(options(plan))).rejects.toMatchObject({
    code: 'SERVICE_CRASHED',
    details: { service: 'sample', exitCode: 3, lastLines: ['port in use'] },
  });
});

it('rejects with SERVICE_UNAVAILABLE and ends the process when the first start never answers', async () => {
  const seen: PlatformPart[] = [];
  const plan = planOf('setInterval(() => {}, 1000)', { readyWithinMs: 300 });
  await expect(supervise(options(plan, seen))).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  expect(isRunning(seen[0]!.process!)).toBe(false);
});

it('rejects with SERVICE_NOT_FOUND when the program does not exist', async () => {
  const plan = planOf('', { command: { file: join(folder, 'nothing'), args: [] } });
  await expect(supervise(options(plan))).rejects.toMatchObject({ code: 'SERVICE_NOT_FOUND' });
});

it.skipIf(process.platform === 'win32')('kills a service that ignores SIGTERM, and its child processes', async () => {
  const seen: PlatformPart[] = [];
  const child = "const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);";
  const note = "require('fs').writeFileSync('child', String(c.pid)); process.on('SIGTERM', () => {});";
  const service = await supervise(options(planOf(`${child} ${note} ${ready}`), seen));
  const grandchild = identityOf(Number(readFileSync(join(folder, 'child'), 'utf8')))!;
  expect(grandchild).not.toBeNull();
  await service.stop();
  expect(await waitUntil(() => !isRunning(grandchild), soon)).toBe(true);
});

it('doubles the pause after each consecutive crash, up to 30 s', () => {
  expect([1, 2, 3, 6, 7, 30].map((crashes) => pauseBefore(crashes, 500))).toEqual([
    500, 1000, 2000, 16_000, 30_000, 30_000,
  ]);
});
