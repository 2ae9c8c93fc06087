import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { identityOf } from './identity.js';
import { lockHolder, tryLock } from './lock.js';
import { projectRoot } from '../../project.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-lock-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const writeHolder = (number: number, holder: object): void =>
  writeFileSync(join(folder, String(number)), JSON.stringify(holder));

it('tryLock returns null until the lock is released', () => {
  const held = tryLock(folder);
  expect(held).not.toBeNull();
  expect(tryLock(folder)).toBeNull();
  expect(lockHolder(folder)).toEqual(identityOf(process.pid));
  held?.release();
  expect(lockHolder(folder)).toBeNull();
  expect(tryLock(folder)).not.toBeNull();
});

it('takes over the lock of a process that has ended', () => {
  writeHolder(7, { pid: 2 ** 22 + 1, startedAt: 'never' });
  expect(tryLock(folder)).not.toBeNull();
  expect(readdirSync(folder)).toEqual(['8']);
});

it('takes over the lock when another process has the pid of its holder', () => {
  writeHolder(1, { pid: process.pid, startedAt: 'long ago' });
  expect(tryLock(folder)).not.toBeNull();
});

it('takes over a malformed lock file', () => {
  writeFileSync(join(folder, '1'), '{');
  expect(tryLock(folder)).not.toBeNull();
});

it('gives a stale lock to exactly one of several concurrent processes', async () => {
  writeHolder(3, { pid: 2 ** 22 + 1, startedAt: 'never' });
  const start = Date.now() + 4_000;
  const results = await Promise.all(Array.from({ length: 6 }, () => contend(start)));
  expect(results.filter((result) => result === 'held')).toHaveLength(1);
  expect(results.filter((result) => result === 'busy')).toHaveLength(5);
}, 60_000);

/** Starts a process that tries to lock at the given time and holds the lock until all have tried. */
function contend(start: number): Promise<string> {
  const program = join(projectRoot, 'tests/support/lock-contender.ts');
  const args = ['--import', 'tsx', program, folder, String(start)];
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('close', () => resolve(output.trim()));
  });
}
