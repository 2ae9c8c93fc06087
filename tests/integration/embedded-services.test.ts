import { expect, inject, it } from 'vitest';
import { pingPostgres, postgresVersion } from '../../platform/embedded/postgres/postgres.js';
import { pingRedis } from '../../platform/embedded/redis/redis.js';
import { pingTemporal } from '../../platform/temporal/ping.js';

const { databaseUrl, redisUrl, temporalAddress } = inject('services');

it('provides PostgreSQL of version 15 or newer', async () => {
  await pingPostgres(databaseUrl);
  expect(Number.parseFloat(await postgresVersion(databaseUrl))).toBeGreaterThanOrEqual(15);
});

it.skipIf(redisUrl === null)('provides Redis', async () => {
  await expect(pingRedis(redisUrl!)).resolves.toBeUndefined();
});

it.skipIf(temporalAddress === null)('provides a Temporal server that serves requests', async () => {
  await expect(
    pingTemporal({ address: temporalAddress!, namespace: 'default', tls: null, apiKey: null }),
  ).resolves.toBeUndefined();
});
