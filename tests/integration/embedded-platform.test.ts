import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { healState } from '../../platform/embedded/heal.js';
import { readConfig } from '../../platform/config/config.js';
import { ensurePlatform, runningState } from '../../platform/embedded/ensure.js';
import { findLeftBehind } from '../../platform/embedded/left-behind.js';
import { identityOf } from '../../platform/embedded/processes/identity.js';
import { waitUntil } from '../../platform/embedded/processes/wait.js';
import { readState, stateFile } from '../../platform/embedded/state.js';
import type { PlatformPart } from '../../platform/embedded/state.js';
import { platformStatus } from '../../platform/embedded/status.js';
import { stopPlatform, wipePlatform } from '../../platform/embedded/stop.js';
import { processesNaming } from '../support/processes.js';

// The platform needs a Temporal program; the shared services show whether there is one.
const { temporalAddress } = inject('services');
const home = join(mkdtempSync(join(tmpdir(), 'ml-platform-')), 'state');
const { ML_CACHE, XDG_CACHE_HOME, TEMPORAL_CLI_PATH } = process.env;
const config = readConfig({ ML_HOME: home, ML_CACHE, XDG_CACHE_HOME, TEMPORAL_CLI_PATH }, '/');
const onLinux = process.platform === 'linux';

const partOf = (name: string): PlatformPart => readState(home)!.parts.find((part) => part.name === name)!;
const soon = { timeoutMs: 60_000, everyMs: 100 };

async function query(url: string, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

async function kill(name: string): Promise<PlatformPart> {
  const before = partOf(name);
  process.kill(before.process!.pid, 'SIGKILL');
  const back = (): boolean => partOf(name).status === 'running' && partOf(name).restarts > before.restarts;
  expect(await waitUntil(back, soon)).toBe(true);
  expect(partOf(name).process!.pid).not.toBe(before.process!.pid);
  return partOf(name);
}

describe.skipIf(temporalAddress === null)('the embedded platform', () => {
  let endpoints: Endpoints;
  const progress: string[] = [];

  beforeAll(async () => {
    // Two commands start at the same time on a new state directory.
    const both = await Promise.all([
      ensurePlatform(config, (line) => progress.push(line)),
      ensurePlatform(config, () => undefined),
    ]);
    expect(both[0]).toEqual(both[1]);
    endpoints = both[0];
  });

  afterAll(async () => {
    await stopPlatform(config);
    rmSync(join(home, '..'), { recursive: true, force: true });
  });

  it('starts healthy with both workers, and reports each step', async () => {
    const status = await platformStatus(config);
    expect(status.parts.filter(({ healthy }) => !healthy)).toEqual([]);
    expect(status.parts.map(({ name }) => name)).toEqual([
      'api',
      'postgres',
      'redis',
      'temporal',
      'worker-pipeline',
      'worker-training',
    ]);
    expect(progress.join('\n')).toContain('starting postgres');
    expect(status.uiUrl).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[0-9a-f]{48}$/);
    const admitted = await fetch(status.uiUrl!, { redirect: 'manual' });
    const cookie = admitted.headers.get('set-cookie')!.split(';')[0]!;
    const ui = new URL('/', status.uiUrl!).href;
    expect((await fetch(ui, { headers: { cookie } })).status).toBe(200);
    expect((await fetch(ui)).status).toBe(403);
  });

  it.runIf(onLinux)('runs one supervisor after two concurrent starts', () => {
    const supervisors = [...processesNaming(home).values()].filter((command) => /supervisor-main/.test(command));
    expect(supervisors).toHaveLength(1);
  });

  it('stores its passwords readable only by the owner and requires them', async () => {
    expect(statSync(stateFile(home)).mode & 0o077).toBe(0);
    const wrong = new URL(endpoints.databaseUrl);
    wrong.password = 'wrong';
    await expect(query(wrong.href, 'select 1')).rejects.toThrow(/password authentication failed/);
  });

  it('is reused by the next command within a second', async () => {
    const pid = runningState(home)!.supervisor.pid;
    const started = performance.now();
    expect(await ensurePlatform(config, () => undefined)).toEqual(endpoints);
    expect(performance.now() - started).toBeLessThan(1000);
    expect(runningState(home)!.supervisor.pid).toBe(pid);
  });

  it('refuses settings that differ from those it was started with', async () => {
    const other = { ...config, taskQueuePrefix: 'other-' };
    await expect(ensurePlatform(other, () => undefined)).rejects.toMatchObject({
      code: 'INVALID_CONFIG',
      details: { settings: ['TASK_QUEUE_PREFIX'] },
    });
  });

  it('restarts a killed PostgreSQL, with its rows, and reports the end of its log', async () => {
    await query(endpoints.databaseUrl, 'create table kept as select 42 as answer');
    const part = await kill('postgres');
    expect(part.lastCrash!.message).toMatch(/^postgres was ended by SIGKILL; last lines of .*postgres\.log:\n {2}\S/);
    // The last lines of the log depend on the activity of its clients.
    expect(part.lastCrash!.message).toMatch(/postgres\.log:\n.*(LOG|ERROR|FATAL|DETAIL|STATEMENT): /);
    expect((await query(endpoints.databaseUrl, 'select answer from kept')).rows).toEqual([{ answer: 42 }]);
  });

  it.skipIf(inject('services').redisUrl === null)('restarts a killed Redis, with its keys', async () => {
    const set = new Redis(endpoints.redisUrl!);
    await set.set('kept', '42');
    set.disconnect();
    await kill('redis');
    const get = new Redis(endpoints.redisUrl!);
    expect(await get.get('kept')).toBe('42');
    get.disconnect();
  });

  it('restarts a killed Temporal server and a killed worker', async () => {
    await Promise.all([kill('temporal'), kill('worker-training')]);
    const healthy = async (): Promise<boolean> => (await platformStatus(config)).healthy;
    expect(await waitUntil(healthy, soon)).toBe(true);
  });

  it('replaces a killed supervisor and stops its processes', async () => {
    const former = readState(home)!;
    process.kill(former.supervisor.pid, 'SIGKILL');
    expect(await waitUntil(() => runningState(home) === null, soon)).toBe(true);
    expect((await platformStatus(config)).phase).toBe('dead');
    const found = findLeftBehind(home).map(({ identity }) => identity.pid);
    if (onLinux) expect(found.sort()).toEqual(former.parts.map((part) => part.process!.pid).sort());

    expect(await ensurePlatform(config, () => undefined)).toEqual(endpoints);
    const living = new Set(processesNaming(home).keys());
    for (const part of former.parts) expect(living.has(part.process!.pid), part.name).toBe(false);
    expect((await query(endpoints.databaseUrl, 'select answer from kept')).rows).toEqual([{ answer: 42 }]);
  });

  it('ends every process when stopped, and starts without workers', async () => {
    const { stopped, left } = await stopPlatform(config);
    expect(stopped).toEqual(expect.arrayContaining(['supervisor', 'postgres', 'temporal', 'worker-pipeline']));
    expect(left).toEqual([]);
    expect([...processesNaming(home).values()]).toEqual([]);
    expect((await platformStatus(config)).phase).toBe('stopped');

    endpoints = await ensurePlatform(config, () => undefined, { workers: false });
    const withoutWorkers = await platformStatus(config);
    expect(withoutWorkers.healthy).toBe(true);
    expect(withoutWorkers.parts.map(({ name }) => name)).toEqual(['postgres', 'redis', 'temporal']);
  });

  it('names damaged files after a kill, moves them aside, and starts with its rows and new passwords', async () => {
    const { supervisor, parts: former } = readState(home)!;
    process.kill(supervisor.pid, 'SIGKILL');
    expect(await waitUntil(() => runningState(home) === null, soon)).toBe(true);
    writeFileSync(join(home, 'secrets.json'), '');
    truncateSync(join(home, 'temporal', 'temporal.db'), 10);
    const log = join(home, 'redis', 'appendonlydir');
    if (existsSync(log))
      rmSync(
        join(
          log,
          readdirSync(log).find((name) => name.endsWith('.base.rdb'))!,
        ),
      );
    truncateSync(stateFile(home), 10);
    const start = (): Promise<Endpoints> => ensurePlatform(config, () => undefined, { workers: false });
    await expect(start()).rejects.toMatchObject({
      code: 'STATE_DAMAGED',
      message: expect.stringContaining(home) as string,
    });

    const moved = (await healState(home)).map(({ file }) => relative(home, file));
    for (const { name, process: identity } of former) expect(identityOf(identity!.pid), name).toBeNull();
    const parts = existsSync(log) || moved.includes('redis/appendonlydir') ? ['redis/appendonlydir'] : [];
    expect(moved.sort()).toEqual([...parts, 'secrets.json', 'state.json', 'temporal/temporal.db']);
    const { password } = new URL(endpoints.databaseUrl);
    endpoints = await start();
    expect(new URL(endpoints.databaseUrl).password).not.toBe(password);
    expect((await query(endpoints.databaseUrl, 'select answer from kept')).rows).toEqual([{ answer: 42 }]);
  });

  it('removes its state when wiped', async () => {
    await stopPlatform(config);
    wipePlatform(config);
    expect((await platformStatus(config)).phase).toBe('absent');
    expect(() => statSync(home)).toThrow(/ENOENT/);
  });
});

it('reports why it cannot start, and leaves no process running', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-platform-'));
  const broken = readConfig({ ML_HOME: folder, ML_CACHE, TEMPORAL_CLI_PATH: '/nowhere/temporal' }, '/');
  await expect(ensurePlatform(broken, () => undefined)).rejects.toMatchObject({
    code: 'INVALID_CONFIG',
    message: 'TEMPORAL_CLI_PATH: /nowhere/temporal does not exist',
  });
  expect(await waitUntil(() => processesNaming(folder).size === 0, soon)).toBe(true);
  rmSync(folder, { recursive: true, force: true });
});
