import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { removeAbandoned, temporaryEnvironment, temporaryRoot, withTemporaryFolder } from './temporary-folders.js';

let home = '';
beforeEach(() => void (home = mkdtempSync(join(tmpdir(), 'ml-home-'))));
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(home, { recursive: true, force: true });
});

it('puts private folders below the state directory and removes them, also after a failure', async () => {
  for (const [name, value] of Object.entries(temporaryEnvironment(home))) vi.stubEnv(name, value);
  expect(statSync(temporaryRoot(home)).mode & 0o777).toBe(0o700);
  const used = await withTemporaryFolder((folder) => {
    expect(dirname(folder)).toBe(temporaryRoot(home));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    return Promise.resolve(folder);
  });
  expect(existsSync(used)).toBe(false);
  await expect(withTemporaryFolder(() => Promise.reject(new Error('full')))).rejects.toThrow('full');
  expect(readdirSync(temporaryRoot(home))).toEqual([]);
});

it('removes folders and logs of processes that have ended, and old files of others', () => {
  const root = temporaryRoot(home);
  const none = 2 ** 22 + 1; // above the highest process number
  for (const name of [`ml-${none}-a`, `ml-${process.pid}-b`, 'library-c'])
    mkdirSync(join(root, name), { recursive: true });
  for (const pid of [none, process.pid]) writeFileSync(join(root, `mat-debug-${pid}.log`), '');
  expect(removeAbandoned(home)).toEqual([`mat-debug-${none}.log`, `ml-${none}-a`]);
  expect(removeAbandoned(home, Date.now() + 25 * 3_600_000)).toEqual(['library-c']);
  expect(readdirSync(root)).toEqual([`mat-debug-${process.pid}.log`, `ml-${process.pid}-b`]);
  expect(removeAbandoned(join(home, 'absent'))).toEqual([]);
});
