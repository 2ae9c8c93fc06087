import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Client } from '@temporalio/client';
import pino from 'pino';
import { inject } from 'vitest';
import type { JobRunner } from '../../platform/child-process/job.js';
import { type Config, readConfig } from '../../platform/config/config.js';
import type { Endpoints } from '../../platform/embedded/endpoints.js';
import { temporalServer } from '../../platform/temporal/server.js';
import { connectTemporal } from '../../platform/temporal/client.js';
import { runWorkers, type WorkerRole } from '../../workers/run-worker.js';
import { connectServices, type Services } from '../../composition/services.js';
import { createTestDatabase } from './test-database.js';

/** True when the run has a Temporal server; files that need one skip without. */
export const hasTemporal = (): boolean => inject('services').temporalAddress !== null;

/** The resources of one test file: its own database, blob folder and task queues on the shared servers. */
export interface TestPlatform {
  readonly config: Config;
  readonly endpoints: Endpoints;
  readonly services: Services;
  readonly client: Client;
  readonly queue: string;
  /** An id that no other test uses. */
  id(name: string): string;
  /** Starts workers in this process and returns when they poll. */
  startWorkers(
    roles: readonly WorkerRole[],
    replaced?: { config?: Config; services?: Services; runner?: JobRunner },
  ): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

export const quietLogger = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }, pino.destination(2));

/** Servers of the test's own, in place of the shared ones. */
export interface OwnServers {
  readonly databaseUrl?: string;
  readonly redisUrl?: string;
  readonly artifactUri?: string;
}

/** @param settings - as in .env.example, over the defaults. */
export async function createTestPlatform(
  settings: Readonly<Record<string, string>> = {},
  own: OwnServers = {},
): Promise<TestPlatform> {
  const { temporalAddress } = inject('services');
  const database =
    own.databaseUrl === undefined
      ? await createTestDatabase()
      : { url: own.databaseUrl, drop: () => Promise.resolve() };
  const folder = await mkdtemp(join(tmpdir(), 'ml-test-'));
  const prefix = `t${randomUUID().slice(0, 8)}-`;
  const config = readConfig({ TASK_QUEUE_PREFIX: prefix, ML_HOME: folder, ML_CACHE: folder, ...settings }, folder);
  const endpoints: Endpoints = {
    temporal: { address: config.temporal.address ?? temporalAddress ?? '', namespace: 'default', uiUrl: null },
    databaseUrl: database.url,
    backendDatabaseUrl: null,
    redisUrl: own.redisUrl ?? null,
    artifactUri: own.artifactUri ?? pathToFileURL(join(folder, 'blobs')).href,
  };
  const services = await connectServices(config, endpoints, quietLogger);
  const client = await connectTemporal(temporalServer(config, endpoints));
  const stops: (() => Promise<void>)[] = [];

  return {
    config,
    endpoints,
    services,
    client,
    queue: `${prefix}pipeline`,
    id: (name) => `${prefix}${name}`,
    async startWorkers(roles, replaced = {}) {
      const stop = await startWorkers({ config, endpoints, roles, services, ...replaced });
      stops.push(stop);
      return stop;
    },
    async close() {
      await Promise.allSettled(stops.map((stop) => stop()));
      await client.connection.close();
      await services.close();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

type WorkerParts = Omit<Parameters<typeof runWorkers>[0], 'signal' | 'logger' | 'onReady'>;

async function startWorkers(parts: WorkerParts): Promise<() => Promise<void>> {
  const controller = new AbortController();
  let ended: Promise<void> | undefined;
  await new Promise<void>((resolve, reject) => {
    ended = runWorkers({ ...parts, signal: controller.signal, logger: quietLogger, onReady: resolve });
    ended.catch(reject);
  });
  return async () => {
    controller.abort();
    await ended;
  };
}
