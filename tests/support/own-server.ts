import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRedis, planRedis } from '../../platform/embedded/redis/redis.js';
import { freePorts } from '../../platform/embedded/processes/ports.js';
import { signalProcess } from '../../platform/embedded/processes/identity.js';
import { planPostgres } from '../../platform/embedded/postgres/postgres.js';
import { findTemporal } from '../../platform/embedded/temporal/program.js';
import { planTemporal, temporalPorts } from '../../platform/embedded/temporal/temporal.js';
import type { ServicePlan, StartedService } from '../../platform/embedded/service.js';
import { startService, stopService, waitUntilReady } from '../../platform/embedded/service.js';
import { readConfig } from '../../platform/config/config.js';
import { projectRoot } from '../../platform/project.js';

/** A server that one test stops, kills and starts again; its data and address stay. */
export interface OwnServer {
  readonly url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** SIGKILL: nothing is flushed. */
  kill(): void;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

const scratch = (): string => mkdtempSync(join(tmpdir(), 'ml-services-own-'));
const password = (): string => randomBytes(18).toString('hex');

/** A PostgreSQL of the test's own, running. */
export async function startOwnPostgres(): Promise<OwnServer> {
  const folder = scratch();
  const { postgres: port } = await freePorts(['postgres'], {});
  const { plan, url } = await planPostgres({ base: join(folder, 'postgres'), port, password: password() });
  return running(folder, plan, url);
}

/** A Redis of the test's own, running; null when this machine has none. */
export async function startOwnRedis(): Promise<OwnServer | null> {
  const { cache } = readConfig(process.env, projectRoot);
  const program = await findRedis({ cache, mayFetch: true, onProgress: () => undefined });
  if (program === null) return null;
  const folder = scratch();
  const { redis: port } = await freePorts(['redis'], {});
  const { plan, url } = await planRedis({ program, folder: join(folder, 'redis'), port, password: password() });
  return running(folder, plan, url);
}

/** A Temporal development server of the test's own, running; null when this machine has none. `url` is its address. */
export async function startOwnTemporal(): Promise<OwnServer | null> {
  const { cache, temporal } = readConfig(process.env, projectRoot);
  const program = findTemporal({ cliPath: temporal.cliPath, cache });
  if (program === null) return null;
  const folder = scratch();
  const ports = await freePorts(temporalPorts, {});
  const options = { program, folder: join(folder, 'temporal'), ports, namespace: 'default', uiPort: null };
  const { plan, address } = await planTemporal(options);
  return running(folder, plan, address);
}

async function running(folder: string, plan: ServicePlan, url: string): Promise<OwnServer> {
  let service: StartedService | null = null;
  const stop = async (): Promise<void> => {
    if (service !== null) await stopService(service);
    service = null;
  };
  const start = async (): Promise<void> => {
    service = await startService(plan, join(folder, `${plan.name}.log`));
    await waitUntilReady(service);
  };
  await start();
  return {
    url,
    start,
    stop,
    kill: () => {
      if (service !== null) signalProcess(service.identity, 'SIGKILL');
    },
    async remove() {
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
