import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { installWithGo } from './go-install.js';
import { cachedTemporal, findTemporal, temporalAdvice } from './program.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ml-temporal-'));
  vi.stubEnv('PATH', join(folder, 'path'));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

function program(path: string, script = 'exit 0'): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

it.skipIf(process.platform === 'win32')('findTemporal prefers TEMPORAL_CLI_PATH to PATH, and PATH to the cache', () => {
  const lookup = { cliPath: null, cache: folder };
  expect(findTemporal(lookup)).toBeNull();
  const cached = program(cachedTemporal(folder));
  expect(findTemporal(lookup)).toEqual({ file: cached, origin: 'cache' });
  const installed = program(join(folder, 'path', 'temporal'));
  expect(findTemporal(lookup)).toEqual({ file: installed, origin: 'PATH' });
  const chosen = program(join(folder, 'chosen'));
  expect(findTemporal({ ...lookup, cliPath: chosen })).toEqual({ file: chosen, origin: 'TEMPORAL_CLI_PATH' });
});

it('findTemporal rejects a TEMPORAL_CLI_PATH that is absent or not executable', () => {
  const lookup = { cache: folder, cliPath: join(folder, 'absent') };
  expect(() => findTemporal(lookup)).toThrow(/TEMPORAL_CLI_PATH: .*absent does not exist/);
  writeFileSync(join(folder, 'text'), '');
  expect(() => findTemporal({ ...lookup, cliPath: join(folder, 'text') })).toThrow(/is not executable/);
});

it('temporalAdvice names the three ways to get a server', () => {
  expect(temporalAdvice('/cache')).toMatch(/TEMPORAL_ADDRESS[^]*TEMPORAL_CLI_PATH[^]*go install .*@v1\.5\.1/);
});

it.skipIf(process.platform === 'win32')('installWithGo builds once for two concurrent calls', async () => {
  const count = join(folder, 'builds');
  program(join(folder, 'path', 'go'), `echo built >> ${count}; /bin/sleep 1; /bin/cp /bin/sh "$GOBIN/temporal"`);
  const lines: string[] = [];
  const options = { signal: new AbortController().signal, onProgress: (line: string) => void lines.push(line) };
  const target = cachedTemporal(folder);
  expect(await Promise.all([installWithGo(target, options), installWithGo(target, options)])).toEqual([true, true]);
  expect(readFileSync(count, 'utf8')).toBe('built\n');
  expect(lines).toContain('another process builds the Temporal server; waiting for it');
});

it.skipIf(process.platform === 'win32')(
  'installWithGo returns false and reports the output of a failed build',
  async () => {
    program(join(folder, 'path', 'go'), 'echo "no route to proxy" >&2; exit 1');
    const lines: string[] = [];
    const options = { signal: new AbortController().signal, onProgress: (line: string) => void lines.push(line) };
    expect(await installWithGo(cachedTemporal(folder), options)).toBe(false);
    expect(lines.join('\n')).toContain('no route to proxy');
  },
);
