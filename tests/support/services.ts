import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { PipelineError } from '../../contracts/errors.js';
import { readConfig } from '../../platform/config/config.js';
import { signalProcess } from '../../platform/embedded/processes/identity.js';
import { freePorts } from '../../platform/embedded/processes/ports.js';
import { planPostgres } from '../../platform/embedded/postgres/postgres.js';
import { findRedis, planRedis } from '../../platform/embedded/redis/redis.js';
import type { ServicePlan, StartedService } from '../../platform/embedded/service.js';
import { startService, stopService, waitUntilReady } from '../../platform/embedded/service.js';
import { obtainTemporal } from '../../platform/embedded/temporal/program.js';
import { planTemporal, temporalPorts } from '../../platform/embedded/temporal/temporal.js';
import { projectRoot } from '../../platform/project.js';

/** Addresses of the servers that all integration tests of a run share. */
export interface TestServices {
  /** A superuser's URL; each file creates its own database (`createTestDatabase`). */
  readonly databaseUrl: string;
  /** Null when Redis is unavailable; tests that need it skip with a message. */
  readonly redisUrl: string | null;
  /** Null when no Temporal server is available; tests that need it skip with a message. */
  readonly temporalAddress: string | null;
}

declare module 'vitest' {
  export interface ProvidedContext {
    services: TestServices;
  }
}

const config = readConfig(process.env, projectRoot);
const say = (line: string): void => void process.stderr.write(`[services] ${line}\n`);

/**
 * Vitest global set-up: one set of servers for each run. Those named in the environment are used as they are; the
 * others are started on free ports with their data in a temporary folder, and stopped at the end.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'ml-services-test-'));
  const started: StartedService[] = [];
  const killAll = (): void => {
    for (const { identity } of started) signalProcess(identity, 'SIGKILL');
  };
  process.once('exit', killAll); // also stops the servers when the runner ends without teardown
  const stop = async (): Promise<void> => {
    await Promise.all(started.map(stopService));
    process.off('exit', killAll);
    rmSync(folder, { recursive: true, force: true });
  };
  const start = async ({ plan, address }: Planned): Promise<string> => {
    const service = await startService(plan, join(folder, `${plan.name}.log`));
    started.push(service);
    await waitUntilReady(service);
    return address;
  };
  try {
    project.provide('services', await provideServices(folder, start));
    return stop;
  } catch (fault) {
    await stop();
    throw fault;
  }
}

interface Planned {
  readonly plan: ServicePlan;
  readonly address: string;
}

async function provideServices(folder: string, start: (planned: Planned) => Promise<string>): Promise<TestServices> {
  const ports = await freePorts(['postgres', 'redis', ...temporalPorts], {});
  const password = randomBytes(18).toString('hex');
  const [databaseUrl, redisUrl, temporalAddress] = await Promise.all([
    config.databaseUrl ?? planTestPostgres(join(folder, 'postgres'), ports.postgres, password).then(start),
    config.redisUrl ?? planTestRedis(join(folder, 'redis'), ports.redis, password).then((it) => it && start(it)),
    config.temporal.address ?? planTestTemporal(join(folder, 'temporal'), ports).then((it) => it && start(it)),
  ]);
  return { databaseUrl, redisUrl, temporalAddress };
}

async function planTestPostgres(base: string, port: number, password: string): Promise<Planned> {
  const { plan, url } = await planPostgres({ base, port, password });
  return { plan, address: url };
}

async function planTestRedis(folder: string, port: number, password: string): Promise<Planned | null> {
  const program = await findRedis({ cache: config.cache, mayFetch: true, onProgress: say });
  if (program === null) {
    say('no Redis to be had: tests that need one are skipped');
    return null;
  }
  const { plan, url } = await planRedis({ program, folder, port, password });
  return { plan, address: url };
}

type Ports = Awaited<ReturnType<typeof freePorts<(typeof temporalPorts)[number]>>>;

async function planTestTemporal(folder: string, ports: Ports): Promise<Planned | null> {
  try {
    const lookup = { cliPath: config.temporal.cliPath, cache: config.cache, onProgress: say };
    const program = await obtainTemporal({ ...lookup, signal: new AbortController().signal });
    return await planTemporal({ program, folder, ports, namespace: 'default', uiPort: null }).then(
      ({ plan, address }) => ({
        plan,
        address,
      }),
    );
  } catch (fault) {
    if (!(fault instanceof PipelineError) || fault.code !== 'SERVICE_NOT_FOUND') throw fault;
    say(`tests that need Temporal are skipped: ${fault.message}`);
    return null;
  }
}
