import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, inject, it, vi } from 'vitest';
import { readConfig } from '../../platform/config/config.js';
import { ensurePlatform } from '../../platform/embedded/ensure.js';
import { findTemporal } from '../../platform/embedded/temporal/program.js';
import { platformStatus } from '../../platform/embedded/status.js';
import { stopPlatform } from '../../platform/embedded/stop.js';

const { databaseUrl, temporalAddress } = inject('services');
const folder = mkdtempSync(join(tmpdir(), 'ml-bare-'));

/** A machine without Redis and Python: nothing on PATH and an empty cache. */
function bareMachine(settings: Record<string, string>) {
  mkdirSync(join(folder, 'path'), { recursive: true });
  vi.stubEnv('PATH', join(folder, 'path'));
  return readConfig({ ML_HOME: join(folder, 'state'), ML_CACHE: join(folder, 'cache'), ...settings }, '/');
}

afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

it.skipIf(temporalAddress === null)('falls back to the in-process store without Redis, and reports it', async () => {
  expect(findTemporal({ cliPath: null, cache: join(folder, 'cache') })).toBeNull();
  const config = bareMachine({ DATABASE_URL: databaseUrl, TEMPORAL_ADDRESS: temporalAddress! });
  const lines: string[] = [];
  try {
    const endpoints = await ensurePlatform(config, (line) => lines.push(line), { workers: false });
    expect(endpoints).toMatchObject({ redisUrl: null, databaseUrl, temporal: { address: temporalAddress } });
    expect(lines.filter((line) => line.startsWith('WARN no Redis found'))).toHaveLength(1);
    const { healthy, parts } = await platformStatus(config);
    expect(healthy).toBe(true);
    expect(Object.fromEntries(parts.map(({ name, status }) => [name, status]))).toEqual({
      postgres: 'foreign',
      redis: 'in-process',
      temporal: 'foreign',
    });
    expect(JSON.stringify(parts)).not.toContain(new URL(databaseUrl).password || 'no password in this URL');
  } finally {
    await stopPlatform(config);
  }
});
