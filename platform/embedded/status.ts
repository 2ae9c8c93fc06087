import { messageOf } from '../../contracts/errors.js';
import type { Config } from '../config/config.js';
import { pingTemporal } from '../temporal/ping.js';
import { pollersAt } from '../temporal/pollers.js';
import { temporalServer } from '../temporal/server.js';
import { API_PART, pingApi } from './api-server.js';
import type { Endpoints } from './endpoints.js';
import { runningState } from './ensure.js';
import { pingPostgres } from './postgres/postgres.js';
import { isRunning } from './processes/identity.js';
import { pingRedis } from './redis/redis.js';
import type { PlatformPart, PlatformState } from './state.js';
import { readState } from './state.js';
import type { WorkerRole } from './workers.js';
import { queueOf, workerRoles } from './workers.js';

/** A part with the result of a check done now. */
export interface PartHealth extends PlatformPart {
  readonly healthy: boolean;
  /** Duration of the check in milliseconds, or why it failed. */
  readonly detail: string;
}

/** State of the platform and health of its parts, as `ml status` shows them. */
export interface PlatformStatus {
  readonly home: string;
  /** `absent`: never started here, or wiped. `dead`: the supervisor was killed. */
  readonly phase: PlatformState['phase'] | 'absent' | 'dead';
  readonly supervisorPid: number | null;
  readonly startedAt: string | null;
  readonly uiUrl: string | null;
  readonly parts: readonly PartHealth[];
  /** True when the platform is ready and all parts are healthy. */
  readonly healthy: boolean;
}

/** Reads the state file and checks each part with one operation. Starts nothing. */
export async function platformStatus(config: Config): Promise<PlatformStatus> {
  const state = readState(config.home);
  const running = runningState(config.home);
  const parts = await checkParts(state, config);
  const phase = phaseOf(state, running);
  const healthy = phase === 'ready' && parts.every((part) => part.healthy);
  return { home: config.home, phase, parts, healthy, ...supervisorFacts(running) };
}

const supervisorFacts = (
  running: PlatformState | null,
): Pick<PlatformStatus, 'supervisorPid' | 'startedAt' | 'uiUrl'> => ({
  supervisorPid: running?.supervisor.pid ?? null,
  startedAt: running?.startedAt ?? null,
  uiUrl: running?.endpoints?.temporal.uiUrl ?? null,
});

/** One after another, because concurrent checks would distort each other's duration. */
async function checkParts(state: PlatformState | null, config: Config): Promise<readonly PartHealth[]> {
  const parts: PartHealth[] = [];
  const context = { config, endpoints: state?.endpoints ?? null };
  for (const part of sortByName(state?.parts ?? [])) parts.push(await checkPart(part, context));
  return parts;
}

/** By name, which puts services before workers. */
const sortByName = (parts: readonly PlatformPart[]): readonly PlatformPart[] =>
  [...parts].sort((a, b) => a.name.localeCompare(b.name));

function phaseOf(state: PlatformState | null, running: PlatformState | null): PlatformStatus['phase'] {
  if (state === null) return 'absent';
  const finished = state.phase === 'stopped' || state.phase === 'failed';
  return running === null && !finished ? 'dead' : state.phase;
}

interface CheckContext {
  readonly config: Config;
  readonly endpoints: Endpoints | null;
}

async function checkPart(part: PlatformPart, context: CheckContext): Promise<PartHealth> {
  if (part.process !== null && !isRunning(part.process))
    return { ...part, status: 'stopped', healthy: false, detail: 'its process is gone' };
  if (context.endpoints === null || part.status === 'stopped')
    return { ...part, healthy: false, detail: 'not running' };
  const started = performance.now();
  try {
    await pingPart(part, context.config, context.endpoints);
    return { ...part, healthy: true, detail: `${Math.round(performance.now() - started)} ms` };
  } catch (fault) {
    return { ...part, healthy: false, detail: messageOf(fault) };
  }
}

/** Performs one operation that shows whether the part works. */
async function pingPart(part: PlatformPart, config: Config, endpoints: Endpoints): Promise<void> {
  const role = workerRoles.find((name) => part.name === `worker-${name}`);
  if (role !== undefined) return expectPoller(role, part, { config, endpoints });
  if (part.name === API_PART) return pingApi(part.where);
  if (part.name === 'temporal') return pingTemporal(temporalServer(config, endpoints));
  if (part.name === 'redis') return endpoints.redisUrl === null ? undefined : pingRedis(endpoints.redisUrl);
  return pingPostgres(endpoints.databaseUrl);
}

async function expectPoller(
  role: WorkerRole,
  { process: identity }: PlatformPart,
  { config, endpoints }: { config: Config; endpoints: Endpoints },
): Promise<void> {
  const taskQueue = queueOf(role, config);
  const pollers = await pollersAt(temporalServer(config, endpoints), taskQueue);
  if (identity !== null && !pollers.some((name) => name.startsWith(`${identity.pid}@`)))
    throw new Error(`does not poll ${taskQueue}`);
}
