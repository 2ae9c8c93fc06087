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

it('is held until it is released', () => {
  const held = tryLock(folder);
  expect(held).not.toBeNull();
  expect(tryLock(folder)).toBeNull();
  expect(lockHolder(folder)).toEqual(identityOf(process.pid));
  held?.release();
  expect(lockHolder(folder)).toBeNull();
  expect(tryLock(folder)).not.toBeNull();
});

it('is taken over from a process that died', () => {
  writeHolder(7, { pid: 2 ** 22 + 1, startedAt: 'never' });
  expect(tryLock(folder)).not.toBeNull();
  expect(readdirSync(folder)).toEqual(['8']);
});

it('is taken over when the number of its holder went to another process', () => {
  writeHolder(1, { pid: process.pid, startedAt: 'long ago' });
  expect(tryLock(folder)).not.toBeNull();
});

it('is taken over from a file that cannot be read', () => {
  writeFileSync(join(folder, '1'), '{');
  expect(tryLock(folder)).not.toBeNull();
});

it('goes to one of many processes that find it stale at once', async () => {
  writeHolder(3, { pid: 2 ** 22 + 1, startedAt: 'never' });
  const start = Date.now() + 4_000;
  const answers = await Promise.all(Array.from({ length: 6 }, () => contend(start)));
  expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
  expect(answers.filter((answer) => answer === 'busy')).toHaveLength(5);
}, 60_000);

/** A process that tries at the given time and keeps what it got until all have tried. */
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
