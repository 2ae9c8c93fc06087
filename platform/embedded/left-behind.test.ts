import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { healState } from './heal.js';
import { findLeftBehind } from './left-behind.js';
import { identityOf } from './processes/identity.js';

const onLinux = process.platform === 'linux';
let parent = '';
const started: ChildProcess[] = [];

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'ml-left-'));
  for (const home of ['one', 'two']) mkdirSync(join(parent, home, 'redis'), { recursive: true });
});
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  rmSync(parent, { recursive: true, force: true });
});

/** A process that sleeps, with a title, in a folder, with arguments that its script ignores. */
function sleeper(title: string, cwd: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): ChildProcess {
  const command = ['-e', 'setTimeout(() => {}, 60_000)', '--', ...args];
  const child = spawn(process.execPath, command, { argv0: title, cwd, env, stdio: 'ignore', detached: true });
  started.push(child);
  return child;
}

const hasStarted = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('spawn', resolve));

it.runIf(onLinux)('finds the workers and services of one state directory and of no other, workers first', async () => {
  const [one, two] = [join(parent, 'one'), join(parent, 'two')];
  const redis = sleeper('/usr/bin/valkey-server 127.0.0.1:6379', join(one, 'redis'));
  const temporal = sleeper('temporal', parent, ['--db-filename', join(one, 'temporal', 'temporal.db')]);
  const worker = sleeper('node', parent, ['worker', 'pipeline'], { ML_HOME: one });
  const others = [
    sleeper('redis-server *:6379', join(two, 'redis')),
    sleeper('vim', join(one, 'redis')),
    sleeper('node', parent, ['worker', 'pipeline'], { ML_HOME: two }),
  ];
  await Promise.all([redis, temporal, worker, ...others].map(hasStarted));

  const found = findLeftBehind(one).map(({ name, identity }) => [name, identity.pid]);
  expect(found[0]).toEqual(['worker', worker.pid]);
  expect(new Map(found as [string, number][])).toEqual(
    new Map([
      ['worker', worker.pid],
      ['redis', redis.pid],
      ['temporal', temporal.pid],
    ]),
  );
});

it.runIf(onLinux)('ends them before damaged files are moved aside, and nothing while no file is damaged', async () => {
  const home = join(parent, 'one');
  const redis = sleeper('redis-server', join(home, 'redis'));
  await hasStarted(redis);
  expect(await healState(home)).toEqual([]);
  expect(identityOf(redis.pid!)).not.toBeNull();
  writeFileSync(join(home, 'state.json'), '{"phase":');
  expect(await healState(home)).toHaveLength(1);
  expect(identityOf(redis.pid!)).toBeNull();
});
