import type { Config } from '../config/config.js';
import type { Environment } from '../config/environment.js';
import { temporaryEnvironment } from '../temporary-folders.js';
import { configEnvironment, endpointEnvironment } from './config-environment.js';
import type { Endpoints } from './endpoints.js';
import { nodeCommand } from './processes/node-command.js';
import type { LaunchCommand } from './processes/run-program.js';
import { isFreePort } from './processes/ports.js';
import type { ServicePlan } from './service.js';

/** Name of the part of the platform that answers predictions. */
export const API_PART = 'api';
/** Ports that are tried where no setting names one, the usual one first. */
export const usualPorts: readonly number[] = Array.from({ length: 100 }, (_, i) => 8000 + i);
const PING_TIMEOUT_MS = 2_000;

/**
 * The port of the settings, else the last start's, else 8000 or the next free one.
 * @param taken - ports of parts that have not started yet.
 */
export async function apiPort(
  { port }: Config['api'],
  { former, taken }: { readonly former: number | undefined; readonly taken: readonly number[] },
): Promise<number> {
  if (port !== null) return port;
  for (const candidate of former === undefined ? usualPorts : [former, ...usualPorts])
    if (!taken.includes(candidate) && (await isFreePort(candidate))) return candidate;
  return 0;
}

/** Address under which this machine reaches a host that a server listens on. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Rejects when the API at this address has not started. */
export async function pingApi(url: string): Promise<void> {
  const response = await fetch(`${url}/health/startup`, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`${url}/health/startup answers ${response.status}`);
}

/**
 * Blocks above this go back to the system when they are freed. glibc raises the limit to the largest block that was ever
 * freed, so that the copies of a graph that are made while it is opened stay with the process: 60 MB of five models
 * (docs/experiments/serving.md, "Memory"). Other systems ignore it.
 */
export const allocatorEnvironment = { MALLOC_MMAP_THRESHOLD_: String(128 * 1024) } as const;

/**
 * Command line of `ml serve`, with a young generation of 8 MB: half of V8's costs no CPU that can be seen, and 30 MB less.
 * @param options - the command and its options.
 */
export function serveCommand(options: readonly string[] = ['serve']): LaunchCommand {
  const { file, args } = nodeCommand('cli', options);
  return { file, args: [YOUNG_GENERATION, ...args] };
}

const YOUNG_GENERATION_FLAG = '--max-semi-space-size';
/** V8's flag, in MB. */
export const YOUNG_GENERATION = `${YOUNG_GENERATION_FLAG}=8`;

/** Whether a process was started with sizes of memory: ours, or somebody's own. @param flags - of Node and NODE_OPTIONS. */
export const hasMemorySizes = (environment: Environment, flags: readonly string[]): boolean =>
  Object.keys(allocatorEnvironment).every((name) => environment[name] !== undefined) &&
  [...flags, environment['NODE_OPTIONS'] ?? ''].some((flag) => flag.includes(YOUNG_GENERATION_FLAG));

/** Plans `ml serve` at a port with the addresses in its environment. */
export function planApi(config: Config, endpoints: Endpoints, port: number): ServicePlan {
  const url = `http://${reachableHost(config.api.host)}:${port}`;
  return {
    name: API_PART,
    version: `node ${process.versions.node}`,
    origin: 'this project',
    where: url,
    command: {
      ...serveCommand(),
      env: {
        ...configEnvironment(config),
        ...endpointEnvironment(endpoints),
        ...temporaryEnvironment(config.home),
        ...allocatorEnvironment,
        PORT: String(port),
      },
    },
    stopSignal: 'SIGTERM',
    stopGraceMs: 20_000,
    readyWithinMs: 180_000, // as the workers: opening five models on a loaded machine
    ping: () => pingApi(url),
  };
}
