import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { readConfig } from '../../platform/config/config.js';
import { ensurePlatform } from '../../platform/embedded/ensure.js';
import { platformStatus } from '../../platform/embedded/status.js';
import { stopPlatform } from '../../platform/embedded/stop.js';

const { temporalAddress } = inject('services');
const folder = mkdtempSync(join(tmpdir(), 'ml-two-checkouts-'));
const { ML_CACHE, XDG_CACHE_HOME, TEMPORAL_CLI_PATH } = process.env;

/** The settings of a checkout with a state directory of its own; the cache is shared. */
const checkout = (name: string) =>
  readConfig({ ML_HOME: join(folder, name), ML_CACHE, XDG_CACHE_HOME, TEMPORAL_CLI_PATH }, '/');

describe.skipIf(temporalAddress === null)('two checkouts on one machine', () => {
  const [first, second] = [checkout('first'), checkout('second')];
  afterAll(async () => {
    await Promise.all([stopPlatform(first), stopPlatform(second)]);
    rmSync(folder, { recursive: true, force: true });
  });

  it('start at the same time with servers of their own, and one goes on when the other stops', async () => {
    const start = (config: typeof first) => ensurePlatform(config, () => undefined, { workers: false });
    const [a, b] = await Promise.all([start(first), start(second)]);
    expect(a.temporal.address).not.toBe(b.temporal.address);
    expect(new URL(a.databaseUrl).port).not.toBe(new URL(b.databaseUrl).port);
    expect(a.redisUrl === null || a.redisUrl !== b.redisUrl).toBe(true);

    await stopPlatform(first);
    expect((await platformStatus(first)).phase).toBe('stopped');
    expect(await platformStatus(second)).toMatchObject({ phase: 'ready', healthy: true });
  });
});
