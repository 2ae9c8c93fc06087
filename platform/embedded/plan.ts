import { join } from 'node:path';
import { messageOf, PipelineError } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { serviceUnavailable } from '../outage.js';
import { pingTemporal } from '../temporal/ping.js';
import { securityOf } from '../temporal/server.js';
import { withoutPassword } from './addresses.js';
import { pingPostgres, planPostgres, postgresVersion } from './postgres/postgres.js';
import { browserBlockedPorts, findBrowserBlockedPort } from './processes/blocked-ports.js';
import { waitUntil } from './processes/wait.js';
import { findRedis, pingRedis, planRedis, redisVersion } from './redis/redis.js';
import type { Secrets } from './secrets.js';
import type { ServicePlan } from './service.js';
import type { PlatformPart } from './state.js';
import { obtainTemporal } from './temporal/program.js';
import { planTemporal, temporalPorts } from './temporal/temporal.js';

/** What planning of a part needs. */
export interface PlanContext {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly ports: Readonly<Record<PortName, number>>;
  readonly signal: AbortSignal;
  readonly onProgress: (line: string) => void;
}

/** Names of all local ports of the platform. */
export const portNames = ['postgres', 'redis', ...temporalPorts] as const;
/** One of `portNames`. */
export type PortName = (typeof portNames)[number];

/** A part to start (`start`) or one that runs elsewhere (`record`), with its address. */
export interface PlannedPart<Address> {
  readonly start: ServicePlan | null;
  /** The entry in the state file for a part that is not started here. */
  readonly record: PlatformPart | null;
  readonly address: Address;
}

const FOREIGN_PATIENCE = { timeoutMs: 20_000, everyMs: 500 };

/**
 * DATABASE_URL, else the embedded server.
 * @throws PipelineError `SERVICE_UNAVAILABLE` when the foreign server does not answer; those of `planPostgres`.
 */
export async function planDatabase(context: PlanContext): Promise<PlannedPart<string> & { dataFolder: string | null }> {
  const { config, secrets, ports } = context;
  if (config.databaseUrl !== null) {
    const url = config.databaseUrl;
    await expectForeign('PostgreSQL', 'DATABASE_URL', withoutPassword(url), () => pingPostgres(url));
    const record = foreignPart('postgres', await postgresVersion(url), 'DATABASE_URL', withoutPassword(url));
    return { start: null, record, address: url, dataFolder: null };
  }
  const base = join(config.home, 'postgres');
  const planned = await planPostgres({ base, port: ports.postgres, password: secrets.postgres });
  return { start: planned.plan, record: null, address: planned.url, dataFolder: planned.dataFolder };
}

/** REDIS_URL, else a local server, else the in-process store. @throws PipelineError as `planDatabase`. */
export async function planOnlineStore(context: PlanContext): Promise<PlannedPart<string | null>> {
  const { config, secrets, ports, onProgress } = context;
  if (config.redisUrl !== null) {
    const url = config.redisUrl;
    await expectForeign('Redis', 'REDIS_URL', withoutPassword(url), () => pingRedis(url));
    const record = foreignPart('redis', await redisVersion(url), 'REDIS_URL', withoutPassword(url));
    return { start: null, record, address: url };
  }
  const program = await findRedis({ cache: config.cache, mayFetch: true, onProgress });
  if (program === null) return { start: null, record: inProcessStore(onProgress), address: null };
  const folder = join(config.home, 'redis');
  const { plan, url } = await planRedis({ program, folder, port: ports.redis, password: secrets.redis });
  return { start: plan, record: null, address: url };
}

/** TEMPORAL_ADDRESS, else the development server. @throws PipelineError as `planDatabase`, `pingTemporal`, `obtainTemporal`. */
export async function planOrchestrator(
  context: PlanContext,
): Promise<PlannedPart<{ address: string; uiServerPort: number | null }>> {
  const { config, ports, signal, onProgress } = context;
  const { address, namespace, cliPath } = config.temporal;
  if (address !== null) {
    const ping = (): Promise<void> => pingTemporal({ ...config.temporal, address });
    await expectForeign('Temporal', 'TEMPORAL_ADDRESS', address, ping);
    const where = `${address} (${securityOf(config.temporal)})`;
    return {
      start: null,
      record: foreignPart('temporal', 'not asked', 'TEMPORAL_ADDRESS', where),
      address: { address, uiServerPort: null },
    };
  }
  const program = await obtainTemporal({ cliPath, cache: config.cache, signal, onProgress });
  const folder = join(config.home, 'temporal');
  const uiPort = await findBrowserBlockedPort();
  if (uiPort === null)
    onProgress(`WARN no UI: each of the ports ${browserBlockedPorts.join(', ')}, one of which it needs, is in use`);
  const { plan, address: here } = await planTemporal({ program, folder, ports, namespace, uiPort });
  return { start: plan, record: null, address: { address: here, uiServerPort: uiPort } };
}

async function expectForeign(name: string, setting: string, where: string, ping: () => Promise<void>): Promise<void> {
  let last: unknown;
  const answers = (): Promise<boolean> =>
    ping().then(
      () => true,
      (fault: unknown) => {
        if (fault instanceof PipelineError && !fault.retryable && !lacksNamespace(fault)) throw fault;
        last = fault;
        return false;
      },
    );
  if (await waitUntil(answers, FOREIGN_PATIENCE)) return;
  if (lacksNamespace(last)) throw last;
  const reason = messageOf(last);
  throw serviceUnavailable(`${name} at ${where} (setting ${setting})`, reason, { details: { setting, where } });
}

/** A Temporal server that has just started answers before its setup has made the namespace. */
const lacksNamespace = (fault: unknown): fault is PipelineError =>
  fault instanceof PipelineError && fault.details.setting === 'TEMPORAL_NAMESPACE';

const notStarted = { process: null, stopSignal: null, log: null, restarts: 0, lastCrash: null };

const foreignPart = (name: string, version: string, setting: string, where: string): PlatformPart => ({
  name,
  status: 'foreign',
  version,
  origin: setting,
  where,
  ...notStarted,
});

function inProcessStore(onProgress: (line: string) => void): PlatformPart {
  onProgress(
    'WARN no Redis found (REDIS_URL, valkey-server or redis-server on PATH, Python with pip): features are served ' +
      'from an in-process store written through to PostgreSQL; run one API process only',
  );
  const where = 'in every process, rows in PostgreSQL';
  return { name: 'redis', status: 'in-process', version: '-', origin: 'feature-store/online', where, ...notStarted };
}
